// Fifty rates of every schedule with every option against PyTorch, by epochs and by steps; also behind a warm-up and in sequences.
import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../../trainer/index.ts';
import { keysOf } from '../../trainer/recipe/check.ts';
import { type Course, epochRates, isWatched } from '../../trainer/schedules/course.ts';
import { type Schedule, scheduleFamilies } from '../../trainer/schedules/index.ts';
import { startPlateau, watchPlateau } from '../../trainer/schedules/plateau.ts';
import { tinyRecipe } from '../trainer/syntheticDataSet.ts';
import { load } from './fixtures.ts';

/** As grid/schedules.py writes it. */
interface ScheduleCase {
  title: string;
  schedule: { type: string } & Record<string, unknown>;
  lr: number;
  rates: number[];
  /** What ReduceLROnPlateau watches, an epoch each. */
  metrics?: (number | 'NaN')[];
  /** Of a case that is of one unit. */
  stepsPerEpoch?: number;
}

const all = load<ScheduleCase[]>('grid/schedules');
const read = (schedule: unknown): Schedule => parseRecipe({ ...tinyRecipe, schedule }).schedule;

/** Within 1e-12, relative. */
function expectRates(got: readonly number[], { rates }: ScheduleCase): void {
  expect(got).toHaveLength(rates.length);
  for (const [i, rate] of rates.entries()) {
    expect(Math.abs(got[i]! - rate), `rate ${i}: ${got[i]}, PyTorch ${rate}`).toBeLessThanOrEqual(1e-12 * Math.abs(rate));
  }
}

/** Of all steps of a run of so many epochs. */
function ratesOf(course: Course): number[] {
  return Array.from({ length: course.epochs }, (_, i) => [...epochRates(course, i + 1, null, null).rates]).flat();
}

const plain = all.filter(({ metrics, stepsPerEpoch }) => metrics === undefined && stepsPerEpoch === undefined);

test('there are cases of every schedule, of fifty rates each', () => {
  expect(new Set(all.map(({ schedule }) => schedule.type))).toEqual(new Set(Object.keys(scheduleFamilies)));
  expect(all.every(({ rates }) => rates.length === 50)).toBe(true);
});

test.each(Object.entries(scheduleFamilies))('%s: every setting stands in a case', (type, { schema }) => {
  const said = new Set(all.filter(({ schedule }) => schedule.type === type).flatMap(({ schedule }) => Object.keys(schedule)));
  // By epochs and by steps every case is tried below.
  expect(keysOf(schema).filter((key) => key !== 'per' && !said.has(key))).toEqual([]);
});

describe('per epoch', () => {
  test.each(plain)('$title', (given) => {
    const schedule = read({ ...given.schedule, per: 'epoch' });
    const rates = ratesOf({ schedule, lr: given.lr, epochs: 50, stepsPerEpoch: 3 });
    expectRates(
      rates.filter((_, i) => i % 3 === 0),
      given,
    );
    expect(rates).toEqual(rates.map((_, i) => rates[i - (i % 3)]));
  });
});

describe('per step', () => {
  test.each(plain)('$title', (given) => {
    const { warmup, ...rest } = given.schedule as { type: string; warmup?: { epochs: number } };
    const { epochs: steps, ...factor } = warmup ?? { epochs: 0 };
    const schedule = read({ ...rest, per: 'step', ...(warmup && { warmup: { steps, ...factor } }) });
    expectRates(ratesOf({ schedule, lr: given.lr, epochs: 10, stepsPerEpoch: 5 }), given);
  });

  const even = plain.filter(({ schedule }) => 'warmup' in schedule && (schedule.warmup as { epochs: number }).epochs % 2 === 0);
  test.each(even)('$title, the warm-up in epochs of two steps', (given) => {
    const { warmup, ...rest } = given.schedule as unknown as { type: string; warmup: { epochs: number } };
    const schedule = read({ ...rest, per: 'step', warmup: { ...warmup, epochs: warmup.epochs / 2 } });
    expectRates(ratesOf({ schedule, lr: given.lr, epochs: 25, stepsPerEpoch: 2 }), given);
  });
});

describe('by steps, then by epochs', () => {
  test.each(all.filter(({ stepsPerEpoch }) => stepsPerEpoch !== undefined))('$title', (given) => {
    const stepsPerEpoch = given.stepsPerEpoch!;
    expectRates(ratesOf({ schedule: read(given.schedule), lr: given.lr, epochs: 50 / stepsPerEpoch, stepsPerEpoch }), given);
  });
});

describe('by a metric', () => {
  test.each(all.filter(({ metrics }) => metrics !== undefined))('$title', (given) => {
    const schedule = read(given.schedule);
    if (schedule.type !== 'reduceLROnPlateau') throw new Error('a metric is watched by reduceLROnPlateau alone');
    const course: Course = { schedule, lr: given.lr, epochs: 50, stepsPerEpoch: 2 };
    let state = startPlateau(schedule, given.lr);
    const rates = given.metrics!.map((metric, i) => {
      const { rates } = epochRates(course, i + 1, null, state);
      const value = Number(metric);
      if (isWatched(course, i + 1)) state = watchPlateau(schedule, state, { loss: value, accuracy: value });
      return rates[1]!;
    });
    expectRates(rates, given);
  });
});
