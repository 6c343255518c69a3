// Runs that are taken up again: whatever stopped them, they end with the fingerprint of an unbroken run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { survivingLine } from '../../../app/runs/line.ts';
import { dropQueued, queueRun, type RunOutcome, recordRun } from '../../../app/runs/record.ts';
import { recordResumed, takeRun } from '../../../app/runs/resume.ts';
import { type Fact, fingerprintOf } from '../../../trainer/index.ts';
import { runValue, type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

let temporary: Temporary;
beforeEach(async () => {
  temporary = await temporaryLedger();
});
afterEach(() => temporary.remove());

const dataset = tinyDataSet();
const never = new AbortController().signal;
const request = (changes: Record<string, unknown> = {}) => ({
  recipe: tinyRecipe({ epochs: 20, record: { stepsPerEpoch: 'every' }, ...changes }),
  name: 'tiny',
  tags: [],
  sweep: null,
});
const fingerprintIn = ({ ending }: RunOutcome): string => (ending.type === 'RunCompleted' ? ending.data.fingerprint : ending.type);

async function unbroken(): Promise<string> {
  return fingerprintIn(await recordRun(temporary.host, request(), dataset, { threads: 1, signal: never }));
}

/** Stops once so many facts have come: somewhere after them, where the worker then is. */
async function stopped(facts: number): Promise<string> {
  const stop = new AbortController();
  let heard = 0;
  const onFact = () => {
    heard += 1;
    if (heard === facts) stop.abort();
  };
  return (await recordRun(temporary.host, request(), dataset, { threads: 1, signal: stop.signal, onFact })).runId;
}

async function goOn(runId: string, threads = 1): Promise<RunOutcome> {
  return recordResumed(temporary.host, await takeRun(temporary.host, runId), dataset, { threads, signal: never });
}

describe('a run that was stopped', () => {
  test.each([1, 30, 60])('after %i facts or some more ends as an unbroken one', async (facts) => {
    const { ledger } = temporary;
    const expected = await unbroken();
    const runId = await stopped(facts);
    expect(runValue(ledger, runId, 'status')).toBe('stopped');
    const outcome = await goOn(runId, 2);
    expect(outcome.runId).toBe(runId);
    expect(fingerprintIn(outcome)).toBe(expected);
    const events = await ledger.log.read(`run/${runId}`);
    expect(fingerprintOf(survivingLine(events))).toBe(expected);
    expect(events.filter(({ type }) => type === 'RunResumed')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'RunCompleted', attempt: 2 });
    expect(runValue(ledger, runId, 'status')).toBe('completed');
    expect(runValue(ledger, runId, 'attempt')).toBe(2);
    expect(await ledger.leases.held(runId)).toBe(false);
  });

  test('before it began starts', async () => {
    const { host, ledger } = temporary;
    const expected = await unbroken();
    const queued = await queueRun(host, request());
    await dropQueued(host, queued);
    expect(fingerprintIn(await goOn(queued.runId))).toBe(expected);
    expect(await ledger.readModels.rows('v1_attempts')).toMatchObject([{ attempt: 1 }, { attempt: 2, step: 0, checkpoint: null }]);
  });

  test('goes on from an earlier checkpoint, or from its start, where the last one is damaged or gone', async () => {
    const { ledger } = temporary;
    const expected = await unbroken();
    const runId = await stopped(60);
    for await (const { sha256 } of ledger.blobs.list()) await ledger.blobs.remove(sha256);
    const resumption = await takeRun(temporary.host, runId);
    expect(resumption).toMatchObject({ origin: null, checkpoint: null, line: [] });
    expect(fingerprintIn(await recordResumed(temporary.host, resumption, dataset, { threads: 1, signal: never }))).toBe(expected);
    expect(ledger.database.prepare('SELECT count(*) FROM v1_epochs WHERE run_id = ?').pluck().get(runId)).toBe(20);
  });

  test('is refused with other images, and can be taken up afterwards', async () => {
    const runId = await stopped(40);
    const resumption = await takeRun(temporary.host, runId);
    const other = recordResumed(temporary.host, resumption, tinyDataSet('other'), { threads: 1, signal: never });
    await expect(other).rejects.toMatchObject({ code: 'run.dataset' });
    expect((await goOn(runId)).ending.type).toBe('RunCompleted');
  });
});

describe('a run cannot be taken up', () => {
  test('when it is complete', async () => {
    const { runId } = await recordRun(temporary.host, request(), dataset, { threads: 1, signal: never });
    await expect(takeRun(temporary.host, runId)).rejects.toMatchObject({ code: 'run.completed', help: expect.stringContaining('replay') });
  });

  test('when it failed by NaN: it would again, and a fork is offered', async () => {
    const diverging = request({ optimizer: { type: 'sgd', lr: 1e30 } });
    const { runId, ending } = await recordRun(temporary.host, diverging, dataset, { threads: 1, signal: never });
    expect(ending.type).toBe('RunFailed');
    await expect(takeRun(temporary.host, runId)).rejects.toMatchObject({
      code: 'run.failed',
      message: expect.stringContaining('would fail again'),
      help: expect.stringContaining('--set optimizer.lr='),
    });
  });

  test('by two at once', async () => {
    const runId = await stopped(40);
    const other = await openLedger(temporary.folder, { write: true });
    try {
      const taken = await Promise.allSettled([
        takeRun(temporary.host, runId),
        takeRun({ ledger: other }, runId),
        takeRun({ ledger: other }, runId),
      ]);
      expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
      for (const result of taken) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'run.underWay' });
    } finally {
      await other.close();
    }
  });
});

test('a run whose process was killed goes on in another one', async () => {
  const { ledger, folder } = temporary;
  const victim = fork(join(import.meta.dirname, 'victim.ts'), [folder, '60'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ runId }] = (await once(victim, 'message')) as [{ runId: string }];
  victim.kill('SIGKILL');
  await once(victim, 'exit');
  expect(await ledger.sweepInterrupted()).toContain(runId);
  const facts: Fact[] = [];
  const outcome = await recordResumed(temporary.host, await takeRun(temporary.host, runId), dataset, {
    threads: 1,
    signal: never,
    onFact: (fact) => facts.push(fact),
  });
  const again = await recordRun(temporary.host, { ...request(), recipe: tinyRecipe({ epochs: 60 }) }, dataset, {
    threads: 1,
    signal: never,
  });
  expect(fingerprintIn(outcome)).toBe(fingerprintIn(again));
  const [epochs, all] = ['SELECT count(*) FROM v1_epochs WHERE run_id = ?', 'SELECT count(DISTINCT epoch) FROM v1_epochs WHERE run_id = ?'];
  expect(ledger.database.prepare(epochs).pluck().get(runId)).toBe(60);
  expect(ledger.database.prepare(all).pluck().get(runId)).toBe(60);
});
