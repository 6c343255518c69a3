// Rates under every schedule: told as facts, and the same bits whether a run is unbroken, goes on from any step, or is a fork of itself.
import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, type Fact, fingerprintOf } from '../../../trainer/index.ts';
import { ofType, record } from '../recorded.ts';
import { isStopFact, originOf, stopAfter, withoutTimes } from '../resuming.ts';

const cosine = { type: 'cosineAnnealingLR', tMax: 4, etaMin: 0.001 };
const parts = [{ type: 'linearLR', startFactor: 0.1, totalIters: 2 }, cosine, { type: 'stepLR', stepSize: 1, gamma: 0.5 }];

/** Without what they count in: every one that may is tried by epochs and by steps. */
const both = [
  { type: 'constant', warmup: { epochs: 2 } },
  { type: 'stepLR', stepSize: 2, gamma: 0.5 },
  { type: 'multiStepLR', milestones: [1, 4], gamma: 0.5 },
  { type: 'exponentialLR', gamma: 0.9 },
  cosine,
  { type: 'cosineAnnealingWarmRestarts', t0: 1, tMult: 2 },
  { type: 'linearLR', totalIters: 2 },
  { type: 'polynomialLR', totalIters: 9, power: 0.7 },
  { type: 'oneCycleLR', maxLr: 0.02 },
  { type: 'sequence', schedules: parts, milestones: [1, 5] },
  { ...cosine, warmup: { epochs: 1, startFactor: 0.2 } },
];
const schedules = [
  ...both.flatMap((schedule) => ['epoch', 'step'].map((per) => ({ ...schedule, per }))),
  { type: 'stepLR', stepSize: 1, gamma: 0.5, warmup: { steps: 4 } },
  // Nothing is better by so much: in patience, reduced, cooling down.
  { type: 'reduceLROnPlateau', patience: 1, thresholdMode: 'abs', threshold: 99, factor: 0.5 },
  {
    type: 'reduceLROnPlateau',
    metric: 'validationAccuracy',
    patience: 0,
    thresholdMode: 'abs',
    threshold: 99,
    factor: 0.5,
    cooldown: 1,
    warmup: { steps: 2 },
  },
];

/** A small network, two steps an epoch: there are many runs of it. */
const network = ['flatten', { linear: 'classes' }];
const small = { network, augment: [], split: { train: 8, validation: 8 }, batch: 4, epochs: 5 };
const { epochs } = small;
const steps = 2 * epochs;

/** Every step's rate, exactly, as the engine is given it. */
async function ratesOf(schedule: unknown): Promise<number[]> {
  const rates: number[] = [];
  const { engine } = stopAfter(Number.POSITIVE_INFINITY, ({ learningRate }) => rates.push(learningRate));
  await record({ ...small, schedule }, { engine });
  return rates;
}

describe.each(schedules)('%j', (schedule) => {
  const changes = { ...small, schedule, record: { stepsPerEpoch: 'every' } };

  test('stopped after any step it goes on to the facts of an unbroken run', async () => {
    const unbroken = await record(changes);
    const [start] = ofType(unbroken, 'LearningRateChanged');
    expect(start!.data).toMatchObject({ epoch: 1, step: 1, from: null, schedule: schedule.type });
    expect(new Set(ofType(unbroken, 'EpochMeasured').map(({ data }) => data.learningRate)).size).toBeGreaterThan(1);
    for (let step = 1; step < steps; step++) {
      const line = (await record(changes, stopAfter(step))).filter(({ type }) => type !== 'RunStopped');
      const after = await record(changes, { from: originOf(line) });
      const whole = [...line, ...after];
      expect(withoutTimes(whole).filter((fact) => !isStopFact(fact as Fact))).toEqual(withoutTimes(unbroken));
      expect(fingerprintOf(whole)).toBe(fingerprintOf(unbroken));
    }
  });

  test('forked with its own settings after any epoch it learns the same', async () => {
    const unbroken = await record(changes);
    const measured = ofType(unbroken, 'EpochMeasured');
    for (let epoch = 1; epoch < epochs; epoch++) {
      const end = unbroken.findLastIndex((fact) => fact.type === 'CheckpointTaken' && fact.data.epoch === epoch) + 1;
      const fork = await record(changes, { from: { ...originOf(unbroken.slice(0, end)), line: [] } });
      // Of a fork's best epoch nothing is said here: the application gives it the one it began from.
      expect(ofType(fork, 'EpochMeasured').map(({ data }) => data)).toEqual(measured.slice(epoch).map(({ data }) => data));
    }
  });

  test('the rate of an epoch is that of its last step', async () => {
    const rates = await ratesOf(schedule);
    const measured = ofType(await record(changes), 'EpochMeasured');
    expect(measured.map(({ data }) => data.learningRate)).toEqual(rates.filter((_, i) => i % 2 === 1));
  });
});

test('a plateau reduces the rate where the record says why, and its checkpoints remember', async () => {
  const schedule = { type: 'reduceLROnPlateau', patience: 1, thresholdMode: 'abs', threshold: 99, factor: 0.5 };
  const facts = await record({ ...small, schedule });
  expect(ofType(facts, 'LearningRateChanged').map(({ data }) => data)).toEqual([
    { epoch: 1, step: 1, from: null, to: 0.01, schedule: 'reduceLROnPlateau', why: 'start' },
    { epoch: 4, step: 7, from: 0.01, to: 0.005, schedule: 'reduceLROnPlateau', why: 'times 0.5: validation loss no better for 2 epochs' },
  ]);
  const kept = ofType(facts, 'CheckpointTaken').filter(({ data }) => data.reason === 'last');
  const best = ofType(facts, 'EpochMeasured')[0]!.data.validation.loss;
  const states = kept.map(({ blob }) => decodeCheckpoint(blob).plateau);
  expect(states.map((state) => [state!.best, state!.badEpochs, state!.rate])).toEqual([
    [best, 0, 0.01],
    [best, 1, 0.01],
    [best, 0, 0.005],
    [best, 1, 0.005],
    [best, 0, 0.0025],
  ]);
});

test('another fork counts on with what its parent saw, from a rate of its own', async () => {
  const schedule = { type: 'reduceLROnPlateau', patience: 1, thresholdMode: 'abs', threshold: 99, factor: 0.5 };
  const parent = await record({ ...small, epochs: 2, schedule });
  const end = parent.findLastIndex(({ type }) => type === 'CheckpointTaken') + 1;
  const from = { ...originOf(parent.slice(0, end)), line: [] };
  const fork = await record({ ...small, schedule, optimizer: { type: 'adam', lr: 0.002 } }, { from });
  expect(ofType(fork, 'LearningRateChanged').map(({ data }) => [data.epoch, data.from, data.to])).toEqual([
    [3, null, 0.002],
    [4, 0.002, 0.001],
  ]);
});

test('a checkpoint of a run without such rules says nothing of them', async () => {
  const [taken] = ofType(await record({ epochs: 1 }), 'CheckpointTaken');
  expect(Object.keys(decodeCheckpoint(taken!.blob)).sort()).toEqual(['best', 'epoch', 'progress', 'state', 'step', 'suspect']);
});
