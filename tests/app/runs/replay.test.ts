// Runs that are trained again and compared, and runs that begin at the state of another one.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { createComparison } from '../../../app/runs/comparison.ts';
import { compareFacts } from '../../../app/runs/difference.ts';
import { planFork, queueFork } from '../../../app/runs/fork.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { type RecordedFact, survivingLine } from '../../../app/runs/line.ts';
import { keptCheckpoint } from '../../../app/runs/origins.ts';
import { parseSetting } from '../../../app/runs/recipes.ts';
import { type RunEnding, recordAttempt, recordRun } from '../../../app/runs/record.ts';
import { type ReplayOptions, replayRun, type Verdict } from '../../../app/runs/replay.ts';
import { recordResumed, takeRun } from '../../../app/runs/resume.ts';
import { stateAt } from '../../../app/runs/stateAt.ts';
import { type Fact, train } from '../../../trainer/index.ts';
import { alterEvent } from '../ledger/altered.ts';
import { runValue, type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

const dataset = tinyDataSet();
const never = new AbortController().signal;
const options: ReplayOptions = { threads: 1, signal: never };
const changes = { epochs: 5, record: { stepsPerEpoch: 'every', parameters: true } };

let temporary: Temporary;
let runId: string;
let ending: RunEnding;
beforeAll(async () => {
  temporary = await temporaryLedger();
  const request = { recipe: tinyRecipe(changes), name: 'tiny', tags: [], sweep: null };
  ({ runId, ending } = await recordRun(temporary.host, request, dataset, { threads: 1, signal: never }));
});
afterAll(() => temporary.remove());

const verdicts = (id: string) => temporary.ledger.log.read(`run/${id}/after`);

describe('a replay', () => {
  test.each([1, 2, 3])('on %i threads is identical, says so in the ledger, and the run carries the badge', async (threads) => {
    const before = (await verdicts(runId)).length;
    const verdict = await replayRun(temporary.host, runId, dataset, { ...options, threads });
    expect(verdict).toMatchObject({ verdict: 'identical', fromEpoch: 0, untilEpoch: 5, weights: 5, difference: null });
    expect(verdict!.facts).toBe(verdict!.total);
    expect(ending).toMatchObject({ type: 'RunCompleted', data: { fingerprint: verdict!.fingerprint } });
    const after = await verdicts(runId);
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toMatchObject({ type: 'RunReplayed', data: { verdict: 'identical', facts: verdict!.facts } });
    expect(runValue(temporary.ledger, runId, 'replayed')).toBe('identical');
  });

  test('ends where it is asked to', async () => {
    const verdict = await replayRun(temporary.host, runId, dataset, { ...options, untilEpoch: 2 });
    expect(verdict).toMatchObject({ verdict: 'identical', untilEpoch: 2, weights: 2, fingerprint: null });
  });

  test('begins at any kept checkpoint, and says which there are', async () => {
    const verdict = await replayRun(temporary.host, runId, dataset, { ...options, fromEpoch: 5 });
    expect(verdict).toMatchObject({ verdict: 'identical', fromEpoch: 5, weights: 0 });
    expect(verdict!.fingerprint).toBe((ending.data as { fingerprint: string }).fingerprint);
    await expect(replayRun(temporary.host, runId, dataset, { ...options, fromEpoch: 2 })).rejects.toMatchObject({
      code: 'run.checkpoint',
      help: expect.stringContaining('5'),
    });
  });

  test('that is stopped says nothing', async () => {
    const before = await verdicts(runId);
    const stopped = await replayRun(temporary.host, runId, dataset, { ...options, signal: AbortSignal.abort() });
    expect(stopped).toBeNull();
    expect(await verdicts(runId)).toEqual(before);
  });

  test('of a run that failed finds the same failure', async () => {
    const recipe = tinyRecipe({ ...changes, optimizer: { type: 'sgd', lr: 1e30 } });
    const failed = await recordRun(temporary.host, { recipe, name: 'nan', tags: [], sweep: null }, dataset, options);
    expect(failed.ending.type).toBe('RunFailed');
    expect(await replayRun(temporary.host, failed.runId, dataset, options)).toMatchObject({ verdict: 'identical' });
  });

  test('of a failure takes its code, epoch and step for what it is; older programs named no layer', () => {
    const data = { code: 'train.nonFinite', message: 'loss became NaN', help: null, epoch: 1, step: 3, layer: null };
    const recorded = { type: 'RunFailed', data } as unknown as RecordedFact;
    const again = (changes: object) => ({ type: 'RunFailed', data: { ...data, ...changes }, measured: { seconds: 1 } }) as Fact;
    expect(compareFacts(recorded, again({ message: 'loss became NaN, first in linear.1', layer: 'linear.1' }), 5)).toBeNull();
    expect(compareFacts(recorded, again({ step: 4 }), 5)).toMatchObject({ fact: 'RunFailed', value: 'step', recorded: 3, replayed: 4 });
  });

  test('of a run that was stopped and resumed compares the line that stands', async () => {
    const stop = new AbortController();
    let heard = 0;
    const request = { recipe: tinyRecipe({ ...changes, epochs: 20 }), name: 'twice', tags: [], sweep: null };
    const onFact = () => {
      heard += 1;
      if (heard === 20) stop.abort();
    };
    const { runId: twice } = await recordRun(temporary.host, request, dataset, { threads: 1, signal: stop.signal, onFact });
    expect(await replayRun(temporary.host, twice, dataset, options)).toMatchObject({ verdict: 'identical', fingerprint: null });
    await recordResumed(temporary.host, await takeRun(temporary.host, twice), dataset, options);
    expect(await replayRun(temporary.host, twice, dataset, options)).toMatchObject({ verdict: 'identical', weights: 20 });
  });
});

describe('a record that was changed', () => {
  /** Replays a copy of the ledger in which one event says something else; its chain is broken, and nobody looks. */
  async function replayChanged(type: string, epoch: number, change: Parameters<typeof alterEvent>[2]): Promise<Verdict> {
    const folder = mkdtempSync(join(tmpdir(), 'runledger-changed-'));
    cpSync(join(temporary.folder, 'blobs'), join(folder, 'blobs'), { recursive: true });
    await temporary.ledger.database.backup(join(folder, 'ledger.db'));
    alterEvent(join(folder, 'ledger.db'), { runId, type, epoch }, change);
    const ledger = await openLedger(folder, { write: true });
    try {
      return (await replayRun(createRecordingHost(ledger, Date.now), runId, dataset, options))!;
    } finally {
      await ledger.close();
      rmSync(folder, { recursive: true });
    }
  }

  test('in a metric is named with its epoch, step and value', async () => {
    const { verdict, difference } = await replayChanged('EpochMeasured', 3, (row) => {
      const data = JSON.parse(row.data);
      data.validation.accuracy += 0.01;
      row.data = JSON.stringify(data);
    });
    expect(verdict).toBe('differs');
    expect(difference).toMatchObject({ epoch: 3, step: 15, fact: 'EpochMeasured', value: 'validation.accuracy', layer: null });
    expect((difference!.recorded as number) - (difference!.replayed as number)).toBeCloseTo(0.01);
  });

  test('in one batch-norm value is named with its layer, to the last bit', async () => {
    const { difference } = await replayChanged('BatchNormMeasured', 2, (row) => {
      const { arrays } = JSON.parse(row.data);
      const at = 4 * (arrays['batchNorm2d.1/runningVariance'].offset + 1);
      row.arrays!.writeUInt32LE(row.arrays!.readUInt32LE(at) ^ 1, at);
    });
    expect(difference).toMatchObject({
      epoch: 2,
      step: 10,
      fact: 'BatchNormMeasured',
      layer: 'batchNorm2d.1',
      value: 'runningVariance[1]',
    });
    expect(difference!.recorded).not.toBe(difference!.replayed);
  });

  test('in a weight hash is named, with what the kept checkpoint says of it', async () => {
    const change = (row: { data: string }) => {
      const data = JSON.parse(row.data);
      data.weightsSha256 = data.weightsSha256.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'));
      row.data = JSON.stringify(data);
    };
    const kept = await replayChanged('EpochMeasured', 5, change);
    expect(kept.difference).toMatchObject({ epoch: 5, value: 'weightsSha256', note: expect.stringContaining('recorded hash') });
    await removeCheckpoints(2);
    const gone = await replayChanged('EpochMeasured', 2, change);
    expect(gone.difference).toMatchObject({ epoch: 2, value: 'weightsSha256', note: expect.stringContaining('was not kept') });
  });

  test('by taking a series away is named with its first value', async () => {
    const { difference } = await replayChanged('BatchNormMeasured', 2, (row) => {
      row.arrays = null;
    });
    expect(difference).toMatchObject({ epoch: 2, layer: 'batchNorm2d.1', recorded: null });
  });

  test('in one step is named with the step', async () => {
    const { difference } = await replayChanged('StepsMeasured', 4, (row) => {
      const { arrays } = JSON.parse(row.data);
      const at = 4 * arrays.gradientNorm.offset;
      row.arrays!.writeFloatLE(row.arrays!.readFloatLE(at) * 2, at);
    });
    expect(difference).toMatchObject({ epoch: 4, step: 16, fact: 'StepsMeasured', layer: null, value: 'gradientNorm[0]' });
  });
});

test('facts that were recorded and never come make a difference too', async () => {
  const line = survivingLine(await temporary.ledger.log.read(`run/${runId}`));
  const started = line[0]!.data as unknown as Parameters<typeof createComparison>[1];
  const comparison = createComparison(line, started, async () => null);
  expect(comparison.conclude()).toMatchObject({ fact: 'RunStarted', value: 'fact', replayed: null, note: 'the replay ended before it' });
});

test('weights that really differ are named with the layer', async () => {
  // Another record of the same shape in this one's place: a run of another seed, compared with this one's recipe.
  const { log, blobs } = temporary.ledger;
  const line = survivingLine(await log.read(`run/${runId}`));
  const last = line.filter(
    ({ type, data }) => (type === 'EpochMeasured' || type === 'CheckpointTaken') && (data as { epoch: number }).epoch === 5,
  );
  const started = line[0]!.data as unknown as Parameters<typeof createComparison>[1];
  const comparison = createComparison(last, started, (epoch) => keptCheckpoint(epoch, line, blobs));
  const recorded = last.find(({ type }) => type === 'EpochMeasured')!;
  for await (const fact of train(tinyRecipe({ ...changes, seed: 2 }), dataset, { clock: () => 0, version: 'test' })) {
    if (!('epoch' in fact.data) || fact.data.epoch !== 5) continue;
    // Everything but the weights as recorded, so that these are what is found.
    if (fact.type === 'EpochMeasured') Object.assign(fact.data, { ...(recorded.data as object), weightsSha256: fact.data.weightsSha256 });
    if (fact.type !== 'EpochMeasured' && fact.type !== 'CheckpointTaken') continue;
    if (!(await comparison.take(fact))) break;
  }
  expect(comparison.conclude()).toMatchObject({ epoch: 5, layer: 'conv2d.1', value: 'bias[0]' });
});

/** Checkpoints are a cache: those of an epoch can go. */
async function removeCheckpoints(epoch: number): Promise<void> {
  const { log, blobs } = temporary.ledger;
  for (const { blob, data } of await log.read(`run/${runId}`)) {
    if (blob !== null && (data as { epoch: number }).epoch === epoch) await blobs.remove(blob);
  }
}

describe('the state of an epoch', () => {
  test('is kept, or trained again to the recorded hash', async () => {
    const { host } = temporary;
    const kept = await stateAt(host, runId, 5, dataset, options);
    expect(kept.replayed).toBe(false);
    for (const epoch of [1, 3]) {
      await removeCheckpoints(epoch);
      const { checkpoint, replayed } = await stateAt(host, runId, epoch, dataset, options);
      expect({ replayed, epoch: checkpoint.epoch, step: checkpoint.step }).toEqual({ replayed: true, epoch, step: 5 * epoch });
    }
    await expect(stateAt(host, runId, 9, dataset, options)).rejects.toMatchObject({ code: 'run.epoch', help: 'it has epochs 1 to 5' });
  });
});

describe('a fork', () => {
  const fork = async (epoch: number, ...set: string[]) => {
    const { host } = temporary;
    await removeCheckpoints(epoch);
    const plan = await planFork(host, { parentId: runId, epoch, settings: set.map(parseSetting), name: null, tags: [] });
    return recordAttempt(host, await queueFork(host, plan, dataset, options), dataset, options);
  };

  test('of an epoch whose checkpoint was not kept begins there, and names its parent', async () => {
    const { ledger, host } = temporary;
    const outcome = await fork(2, 'optimizer.lr=0.01', 'epochs=4');
    expect(outcome.ending.type).toBe('RunCompleted');
    const epochs = ledger.database.prepare('SELECT epoch, learning_rate FROM v1_epochs WHERE run_id = ? ORDER BY epoch').all(outcome.runId);
    expect(epochs).toEqual([
      { epoch: 3, learning_rate: 0.01 },
      { epoch: 4, learning_rate: 0.01 },
    ]);
    expect(runValue(ledger, outcome.runId, 'parent_run_id')).toBe(runId);
    expect(runValue(ledger, outcome.runId, 'parent_epoch')).toBe(2);
    expect(runValue(ledger, outcome.runId, 'name')).toBe('tiny at 2, lr 0.01, epochs 4');
    expect(runValue(ledger, outcome.runId, 'config_id')).not.toBe(runValue(ledger, runId, 'config_id'));
    expect(await replayRun(host, outcome.runId, dataset, options)).toMatchObject({ verdict: 'identical', fromEpoch: 2 });
  });

  test('with the settings of its parent learns what that learned', async () => {
    const { ledger } = temporary;
    const { runId: same } = await fork(3);
    const weights = (id: string) =>
      ledger.database.prepare('SELECT weights_sha256 FROM v1_epochs WHERE run_id = ? AND epoch = 5').pluck().get(id);
    expect(weights(same)).toBe(weights(runId));
  });

  test('can be replayed and forked after the state it began from was removed', async () => {
    const { host, ledger } = temporary;
    const { runId: child } = await fork(2, 'epochs=3');
    const events = await ledger.log.read(`run/${child}`);
    for (const { blob } of events) if (blob !== null) await ledger.blobs.remove(blob);
    expect(await replayRun(host, child, dataset, options)).toMatchObject({ verdict: 'identical' });
    const plan = await planFork(host, { parentId: child, epoch: 3, settings: [parseSetting('epochs=4')], name: 'grandchild', tags: [] });
    const grandchild = await recordAttempt(host, await queueFork(host, plan, dataset, options), dataset, options);
    expect(grandchild.ending.type).toBe('RunCompleted');
  });

  test.each([
    [['optimizer={type: adam, lr: 0.01}'], 'fork.setting', 'optimizer.type'],
    [['split.seed=5'], 'fork.setting', 'split'],
    [['network[0].out=3'], 'fork.setting', 'conv2d.1.weight'],
    [['epochs=2'], 'fork.epochs', 'nothing to train'],
    [['optimiser.lr=1'], 'usage', 'optimiser'],
  ])('with %j is refused: %s', async (set, code, words) => {
    const before = temporary.ledger.database.prepare('SELECT count(*) FROM events').pluck().get();
    await expect(fork(2, ...set)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(temporary.ledger.database.prepare('SELECT count(*) FROM events').pluck().get()).toBe(before);
  });
});
