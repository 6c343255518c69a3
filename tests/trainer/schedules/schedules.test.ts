// How schedules are read, and which changes of the rate are facts. The rates themselves are held against PyTorch in tests/oracles.
import { describe, expect, test } from 'vitest';
import { canonicalJson, checkRecipe, parseRecipe, setPath } from '../../../trainer/index.ts';
import { type Course, epochRates } from '../../../trainer/schedules/course.ts';
import { startPlateau, takeOverPlateau, watchPlateau } from '../../../trainer/schedules/plateau.ts';
import type { ReduceLROnPlateau } from '../../../trainer/schedules/reduceLROnPlateau.ts';
import { syntheticDataSet, tinyRecipe } from '../syntheticDataSet.ts';

const read = (schedule: unknown) => parseRecipe({ ...tinyRecipe, schedule }).schedule;

/** Epoch, step in it, rate, reason of every change of a run. */
function changes(schedule: unknown, { lr = 0.8, epochs = 4, stepsPerEpoch = 5 } = {}) {
  const course: Course = { schedule: read(schedule), lr, epochs, stepsPerEpoch };
  let before: number | null = null;
  return Array.from({ length: epochs }, (_, i) => {
    const { rates, changes } = epochRates(course, i + 1, before, null);
    before = rates.at(-1)!;
    return [...changes].map(([at, { from, to, why }]) => {
      expect(from).toBe(i === 0 && at === 0 ? null : at === 0 ? epochRates(course, i, 1, null).rates.at(-1) : rates[at - 1]);
      expect(to).toBe(rates[at]);
      return [i + 1, at, why];
    });
  }).flat();
}

describe('a rate that holds for whole epochs', () => {
  test('is a fact at the start and wherever it changes', () => {
    const course: Course = { schedule: read({ type: 'stepLR', stepSize: 2, gamma: 0.5 }), lr: 0.8, epochs: 7, stepsPerEpoch: 3 };
    const rates = Array.from({ length: 7 }, (_, i) => epochRates(course, i + 1, null, null).rates[2]);
    expect(rates).toEqual([0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1]);
    expect(changes({ type: 'stepLR', stepSize: 2, gamma: 0.5 })).toEqual([
      [1, 0, 'start'],
      [3, 0, 'times 0.5 every 2 epochs'],
    ]);
    expect(changes('constant')).toEqual([[1, 0, 'start']]);
  });

  test.each([
    [{ type: 'stepLR', stepSize: 1, gamma: 0.5 }, 'times 0.5 every epoch'],
    [{ type: 'multiStepLR', milestones: [3, 1] }, 'times 0.1 after 1, 3 epochs'],
    [{ type: 'exponentialLR', gamma: 0.9 }, 'times 0.9 every epoch'],
    [{ type: 'cosineAnnealingLR', tMax: 9 }, 'cosine down to 0 in 9 epochs'],
    [{ type: 'cosineAnnealingWarmRestarts', t0: 9 }, 'cycle 1: cosine down to 0 in 9 epochs'],
    [{ type: 'linearLR' }, 'in a line from 0.3333 to 1 times the rate in 5 epochs'],
    [{ type: 'polynomialLR', power: 2 }, 'polynomial of power 2 to 0 in 5 epochs'],
    [{ type: 'oneCycleLR', maxLr: 0.5, per: 'epoch', totalSteps: 9 }, 'one cycle: up to 0.5'],
    [
      { type: 'sequence', schedules: [{ type: 'exponentialLR', gamma: 0.9 }, 'constant'], milestones: [3] },
      'exponentialLR, times 0.9 every epoch',
    ],
    [{ type: 'constant', warmup: { epochs: 3 } }, 'warm-up: in a line from 0.3333 to 1 times the rate in 3 epochs'],
  ])('says its rule: %j', (schedule, why) => {
    expect(changes(schedule)[1]).toEqual([2, 0, why]);
  });
});

describe('a rate that moves from step to step is a fact where a phase begins', () => {
  test('of a warm-up and what follows it', () => {
    expect(changes({ type: 'cosineAnnealingLR', tMax: 13, per: 'step', warmup: { steps: 7, startFactor: 0.1 } })).toEqual([
      [1, 0, 'start, warm-up: in a line from 0.1 to 1 times the rate in 7 steps'],
      [2, 2, 'cosine down to 0 in 13 steps'],
    ]);
  });

  test('of a cycle, of restarts, of a sequence', () => {
    expect(changes({ type: 'oneCycleLR', maxLr: 0.5 })).toEqual([
      [1, 0, 'start, one cycle: up to 0.5'],
      [2, 1, 'one cycle: down to 0.000002'],
    ]);
    expect(changes({ type: 'cosineAnnealingWarmRestarts', t0: 6, tMult: 2, per: 'step' }).map(([epoch, at]) => [epoch, at])).toEqual([
      [1, 0],
      [2, 1],
      [4, 3],
    ]);
    const schedules = [
      { type: 'linearLR', totalIters: 3 },
      { type: 'stepLR', stepSize: 8 },
    ];
    expect(changes({ type: 'sequence', schedules, milestones: [10], per: 'step' })).toEqual([
      [1, 0, 'start, linearLR, in a line from 0.3333 to 1 times the rate in 3 steps'],
      [1, 3, 'linearLR, 1 times the rate from here on'],
      [3, 0, 'stepLR, times 0.1 every 8 steps'],
      [4, 3, 'stepLR, times 0.1 every 8 steps'],
    ]);
  });

  test('of a warm-up of steps before a schedule of epochs', () => {
    expect(changes({ type: 'stepLR', stepSize: 1, gamma: 0.5, warmup: { steps: 7 } }, { epochs: 3 })).toEqual([
      [1, 0, 'start, warm-up: in a line from 0.3333 to 1 times the rate in 7 steps'],
      [2, 2, 'times 0.5 every epoch'],
      [3, 0, 'times 0.5 every epoch'],
    ]);
  });

  test('and once an epoch where more than four would', () => {
    const stepLR = { type: 'stepLR', stepSize: 1, gamma: 0.9, per: 'step' };
    expect(changes(stepLR, { epochs: 2, stepsPerEpoch: 9 })).toEqual([
      [1, 0, 'start, times 0.9 every step; 9 such changes in this epoch'],
      [2, 0, 'times 0.9 every step; 9 such changes in this epoch'],
    ]);
    expect(changes(stepLR, { epochs: 2, stepsPerEpoch: 4 })).toHaveLength(8);
  });
});

describe('what ReduceLROnPlateau remembers', () => {
  const schedule = read({ type: 'reduceLROnPlateau', patience: 1 }) as ReduceLROnPlateau;
  const worse = (kept = startPlateau(schedule, 0.1), epochs = 3) =>
    Array.from({ length: epochs }, () => ({ loss: 1, accuracy: 0.5 })).reduce(
      (state, metrics) => watchPlateau(schedule, state, metrics),
      kept,
    );

  test('goes over to a run with the same watch, whatever else it changes', () => {
    const kept = worse();
    expect(kept).toMatchObject({ best: 1, badEpochs: 0 });
    expect(kept.rate).toBeCloseTo(0.01, 12);
    expect(takeOverPlateau({ ...schedule, patience: 7 }, 0.1, kept)).toEqual(kept);
  });

  test('but a rate that was set counts, and another metric has not been seen yet', () => {
    const kept = worse(startPlateau(schedule, 0.1), 2);
    expect(takeOverPlateau(schedule, 0.05, worse())).toMatchObject({ lr: 0.05, rate: 0.05, best: 1 });
    const other = read({ type: 'reduceLROnPlateau', metric: 'validationAccuracy' }) as ReduceLROnPlateau;
    expect(takeOverPlateau(other, 0.1, kept)).toMatchObject({ mode: 'max', best: Number.NEGATIVE_INFINITY, badEpochs: 0, rate: kept.rate });
    expect(takeOverPlateau(schedule, 0.1, undefined)).toEqual(startPlateau(schedule, 0.1));
  });
});

describe('a schedule in a recipe', () => {
  test('that says nothing new keeps its canonical form', () => {
    const plain = read({ type: 'stepLR', stepSize: 5 });
    expect(canonicalJson(plain)).toBe('{"gamma":0.1,"stepSize":5,"type":"stepLR"}');
    expect(read({ type: 'stepLR', stepSize: 5, per: 'epoch' })).toEqual(plain);
    expect(canonicalJson(read('constant'))).toBe('{"type":"constant"}');
  });

  test.each([
    { type: 'multiStepLR', milestones: [30, 80], per: 'step' },
    { type: 'oneCycleLR', maxLr: 0.1 },
    { type: 'oneCycleLR', maxLr: 0.1, per: 'epoch' },
    { type: 'reduceLROnPlateau', metric: 'validationAccuracy', warmup: { steps: 5 } },
    { type: 'sequence', schedules: ['linearLR', { type: 'oneCycleLR', maxLr: 1 }], milestones: [3] },
  ])('reads the same again: %j', (schedule) => {
    const canonical = read(schedule);
    expect(read(canonical)).toEqual(canonical);
  });

  test('is set by paths', () => {
    const schedule = { type: 'sequence', schedules: [{ type: 'linearLR' }, { type: 'stepLR', stepSize: 3 }], milestones: [5] };
    const deeper = setPath({ ...tinyRecipe, schedule }, 'schedule.schedules[1].stepSize', 9);
    expect(parseRecipe(deeper).schedule).toMatchObject({ schedules: [{}, { stepSize: 9 }] });
    expect(parseRecipe(setPath(tinyRecipe, 'schedule.warmup.epochs', 2)).schedule).toMatchObject({ warmup: { epochs: 2 } });
    expect(parseRecipe(setPath(tinyRecipe, 'stop.target.validationAccuracy', 0.9)).stop).toEqual({ target: { validationAccuracy: 0.9 } });
    expect(() => setPath(tinyRecipe, 'schedule.warmup.epoch', 2)).toThrow(
      expect.objectContaining({ help: 'did you mean schedule.warmup.epochs' }),
    );
  });

  test.each([
    [{ type: 'cosineAnnealing', tMax: 3 }, 'schedule.type', 'cosineAnnealingLR'],
    [{ type: 'cosineAnnealingLR' }, 'schedule.tMax', 'an integer from 1'],
    [{ type: 'stepLR', stepSize: 5, per: 'batch' }, 'schedule.per', 'epoch or step'],
    [{ type: 'stepLR', stepSize: 5, warmup: { epochs: 1, steps: 3 } }, 'schedule.warmup', 'either epochs or steps'],
    [{ type: 'stepLR', stepSize: 5, warmup: { epochs: 1, startFactor: 0 } }, 'schedule.warmup.startFactor', 'a number above 0, at most 1'],
    [{ type: 'oneCycleLR', maxLr: 0.1, cycleMomentum: true }, 'schedule.cycleMomentum', 'the rate alone'],
    [{ type: 'reduceLROnPlateau', factor: 1 }, 'schedule.factor', 'a number above 0, below 1'],
    [{ type: 'reduceLROnPlateau', per: 'step' }, 'schedule.per', ''],
    [{ type: 'sequence', schedules: ['linearLR', 'constant'], milestones: [] }, 'schedule.milestones', '1 of them'],
    [{ type: 'sequence', schedules: ['linearLR', 'constant', 'constant'], milestones: [5, 5] }, 'schedule.milestones', 'ascending'],
    [{ type: 'sequence', schedules: ['constant', 'reduceLROnPlateau'], milestones: [5] }, 'schedule.schedules[1].type', 'cannot be a part'],
    [{ type: 'sequence', schedules: ['constant', { type: 'stepLR' }], milestones: [5] }, 'schedule.schedules[1].stepSize', 'an integer'],
    [{ type: 'sequence', schedules: ['constant', { type: 'linearLR', per: 'step' }], milestones: [5] }, 'schedule.schedules[1].per', ''],
  ])('%j is refused at %s', (schedule, place, help) => {
    expect(() => read(schedule)).toThrow(expect.objectContaining({ place, help: expect.stringContaining(help) }));
  });

  test.each([
    [{ type: 'oneCycleLR', maxLr: 0.1, totalSteps: 5 }, 'totalSteps is 5, and oneCycleLR holds for 6'],
    [{ type: 'oneCycleLR', maxLr: 0.1, per: 'epoch', pctStart: 0.5 }, 'pctStart is 0.5, and that share of 2 is a single one'],
    [
      { type: 'sequence', schedules: ['constant', { type: 'oneCycleLR', maxLr: 1, totalSteps: 3 }], milestones: [1], per: 'step' },
      'holds for 5',
    ],
  ])('%j does not fit the run', (schedule, message) => {
    const recipe = parseRecipe({ ...tinyRecipe, schedule });
    const error = expect.objectContaining({ code: 'recipe.schedule', place: 'schedule', message: expect.stringContaining(message) });
    expect(() => checkRecipe(recipe, syntheticDataSet())).toThrow(error);
  });
});
