// Endings before the last epoch that recipe and data decide: patience with a metric, targets.
import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, fingerprintOf, parseRecipe } from '../../../trainer/index.ts';
import { dataset, ofType, record, watched } from '../recorded.ts';
import { originOf, stopAfter, withoutTimes } from '../resuming.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const small = { network: ['flatten', { linear: 'classes' }], augment: [], split: { train: 40, validation: 10 }, batch: 20, epochs: 9 };

/** Validation accuracy of each epoch is made: so many of ten images are predicted rightly. May stop after a step. */
function scripted(rightByEpoch: number[], { step: stopStep, signal }: { step?: number; signal?: { aborted: boolean } } = {}) {
  let epoch = 0;
  return watched(({ trainStep, evaluate }) => ({
    trainStep(task) {
      epoch = task.epoch;
      if (signal !== undefined && task.step === stopStep) signal.aborted = true;
      return trainStep(task);
    },
    evaluate(task) {
      const results = evaluate(task);
      if (task.part === 'test') return results;
      const labels = Uint32Array.from(task.samples, (sample) => dataset.train.labels[sample]!);
      return { ...results, predictions: labels.map((label, i) => (i < rightByEpoch[epoch - 1]! ? label : (label + 1) % 4)) };
    },
  }));
}

const patient = (stop: object) => ({ ...small, stop: { patience: 2, metric: 'validationAccuracy', ...stop } });

describe('patience', () => {
  test('ends a run that has not become better for so many epochs, with the epochs that ran and the reason', async () => {
    const facts = await record(patient({}), { engine: scripted([4, 6, 6, 5, 9]) });
    expect(ofType(facts, 'EpochMeasured')).toHaveLength(4);
    const [completed] = ofType(facts, 'RunCompleted');
    expect(completed!.data).toMatchObject({
      epochs: 4,
      steps: 8,
      best: { epoch: 2 },
      early: { rule: 'patience', why: 'validation accuracy no better than 0.6 for 2 epochs' },
    });
    expect(completed!.data.fingerprint).toBe(fingerprintOf(facts));
  });

  test('what is not better by more than minDelta is no better', async () => {
    const facts = await record({ ...patient({ minDelta: 0.15 }), epochs: 6 }, { engine: scripted([4, 5, 6, 7, 8, 9]) });
    expect(ofType(facts, 'RunCompleted')[0]!.data.epochs).toBe(6);
    const slower = await record(patient({ minDelta: 0.25 }), { engine: scripted([4, 5, 6, 7, 8, 9]) });
    expect(ofType(slower, 'RunCompleted')[0]!.data).toMatchObject({ epochs: 3, early: { rule: 'patience' } });
  });

  test('watches the loss unless told otherwise, and NaN is never better', async () => {
    const nan = watched(({ evaluate }) => ({
      evaluate(task) {
        const results = evaluate(task);
        results.losses.fill(Number.NaN);
        return results;
      },
    }));
    const facts = await record({ ...small, stop: { patience: 3 } }, { engine: nan });
    expect(ofType(facts, 'RunCompleted')[0]!.data.early).toEqual({
      rule: 'patience',
      why: 'validation loss no better than Infinity for 3 epochs',
    });
  });

  test('that would end the last epoch of the recipe says nothing', async () => {
    const facts = await record({ ...patient({}), epochs: 4 }, { engine: scripted([4, 6, 6, 5]) });
    expect(ofType(facts, 'RunCompleted')[0]!.data).not.toHaveProperty('early');
  });

  test('is kept by checkpoints: stopped after any step, a run ends where an unbroken one does', async () => {
    const right = [4, 6, 6, 5, 9];
    const unbroken = await record(patient({}), { engine: scripted(right) });
    for (let step = 1; step <= 8; step++) {
      const signal = { aborted: false };
      const line = (await record(patient({}), { signal, engine: scripted(right, { step, signal }) })).filter(
        ({ type }) => type !== 'RunStopped',
      );
      // Asked after its last step, it has ended already.
      const after = step === 8 ? [] : await record(patient({}), { from: originOf(line), engine: scripted(right) });
      expect(fingerprintOf([...line, ...after])).toBe(fingerprintOf(unbroken));
      expect([...line, ...after].at(-1)!.data).toEqual(unbroken.at(-1)!.data);
    }
  });

  test('ends a run too whose process was gone between its last checkpoint and its end', async () => {
    const unbroken = await record(patient({}), { engine: scripted([4, 6, 6, 5, 9]) });
    const line = unbroken.slice(0, -1);
    const after = await record(patient({}), { from: originOf(line), engine: scripted([4, 6, 6, 5, 9]) });
    expect(withoutTimes(after)).toEqual(withoutTimes(unbroken.slice(-1)));
  });

  test('goes over to a fork: its epochs count on', async () => {
    const parent = await record({ ...patient({}), epochs: 3 }, { engine: scripted([4, 6, 6]) });
    const end = parent.findLastIndex(({ type }) => type === 'CheckpointTaken') + 1;
    const origin = { ...originOf(parent.slice(0, end)), line: [] };
    expect(origin.checkpoint.patience).toEqual({ metric: 'validationAccuracy', best: 0.6, badEpochs: 1 });
    const fork = await record(patient({}), { from: origin, engine: scripted([4, 6, 6, 5, 9]) });
    expect(ofType(fork, 'RunCompleted')[0]!.data).toMatchObject({ epochs: 4, early: { rule: 'patience' } });
    const other = await record({ ...small, stop: { patience: 1 } }, { from: origin, engine: scripted([4, 6, 6, 5, 9]) });
    const [taken] = ofType(other, 'CheckpointTaken');
    expect(decodeCheckpoint(taken!.blob).patience).toMatchObject({ metric: 'validationLoss', badEpochs: 0 });
  });
});

describe('a target', () => {
  test('ends a run at the end of the epoch that reaches it', async () => {
    const stop = { target: { validationAccuracy: 0.7 } };
    const facts = await record({ ...small, stop }, { engine: scripted([4, 6, 7, 9]) });
    const early = { rule: 'target', why: 'validation accuracy 0.7 reached 0.7' };
    expect(ofType(facts, 'RunCompleted')[0]!.data).toMatchObject({ epochs: 3, early });
  });

  test('may be a loss, and stands beside patience', async () => {
    const plain = ofType(await record(small), 'EpochMeasured').map(({ data }) => data.validation.loss);
    expect(plain[1]).toBeLessThan(plain[0]!);
    const stop = { patience: 5, target: { validationLoss: plain[1] } };
    expect(ofType(await record({ ...small, stop }), 'RunCompleted')[0]!.data).toMatchObject({ epochs: 2, early: { rule: 'target' } });
  });
});

describe('endings in a recipe', () => {
  const read = (stop: unknown) => parseRecipe({ ...tinyRecipe, stop }).stop;

  test('fill in what goes with patience, and read the same again', () => {
    expect(read({ patience: 5 })).toEqual({ patience: 5, metric: 'validationLoss', minDelta: 0 });
    expect(read({ minutes: 10 })).toEqual({ minutes: 10 });
    const all = { patience: 2, metric: 'validationAccuracy', minDelta: 0.01, target: { validationLoss: 0.1 }, minutes: 0.5 };
    expect(read(all)).toEqual(all);
    expect(read(read({ patience: 5 }))).toEqual(read({ patience: 5 }));
    expect(parseRecipe(tinyRecipe)).not.toHaveProperty('stop');
  });

  test.each([
    [{}, 'stop', 'patience, target or minutes'],
    [{ metric: 'validationLoss', minutes: 1 }, 'stop', 'with patience only'],
    [{ patience: 0 }, 'stop.patience', 'an integer from 1'],
    [{ patience: 1, metric: 'loss' }, 'stop.metric', 'validationLoss or validationAccuracy'],
    [{ target: {} }, 'stop.target', 'validationAccuracy, validationLoss, or both'],
    [{ target: { validationAccuracy: 99 } }, 'stop.target.validationAccuracy', 'a number from 0 to 1'],
    [{ minutes: 0 }, 'stop.minutes', 'a number above 0, at most 30000'],
    [{ minute: 5 }, 'stop.minute', 'minutes'],
  ])('%j is refused at %s', (stop, place, help) => {
    expect(() => read(stop)).toThrow(expect.objectContaining({ place, help: expect.stringContaining(help) }));
  });
});

test('a run ends after the step that it is told to: what a replay of a stopped run does', async () => {
  const facts = await record(small, { lastStep: 5 });
  expect(facts.slice(-2)).toMatchObject([
    { type: 'CheckpointTaken', data: { epoch: 3, step: 5, reason: 'stop' } },
    { type: 'RunStopped', data: { epoch: 3, step: 5 } },
  ]);
  const asked = await record(small, stopAfter(5));
  expect(withoutTimes(facts)).toEqual(withoutTimes(asked));
  expect((await record(small, { lastStep: 4 })).at(-1)).toMatchObject({ type: 'RunStopped', data: { epoch: 2, step: 4 } });
});
