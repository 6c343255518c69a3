import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEpochMeter } from '../../../trainer/measures/epochMeter.ts';
import { histogram, summarize } from '../../../trainer/measures/parameters.ts';
import { packSeries } from '../../../trainer/measures/series.ts';

describe('summaries of parameters', () => {
  test('mean, population deviation, smallest, largest', () => {
    expect(summarize(Float32Array.of(1, 2, 3, 6))).toEqual({ mean: 3, std: Math.sqrt(3.5), min: 1, max: 6 });
  });

  test('a NaN shows in all of them, and leaves no histogram', () => {
    const values = Float32Array.of(1, Number.NaN, 3);
    const summary = summarize(values);
    expect(summary).toEqual({ mean: Number.NaN, std: Number.NaN, min: Number.NaN, max: Number.NaN });
    expect(histogram(values, summary)).toEqual(new Float32Array(32));
  });

  test('the largest value falls into the last of 32 bins, equal values into the first', () => {
    const values = Float32Array.from({ length: 33 }, (_, i) => i);
    expect([...histogram(values, summarize(values))]).toEqual([...new Array(31).fill(1), 2]);
    const equal = Float32Array.of(5, 5, 5);
    expect(histogram(equal, summarize(equal))[0]).toBe(3);
  });
});

test('packed series are found again by their index', () => {
  const { index, arrays } = packSeries([
    ['a', [1, 2]],
    ['b', []],
    ['c', Float32Array.of(3)],
  ]);
  expect(index).toEqual({ a: { offset: 0, shape: [2] }, b: { offset: 2, shape: [0] }, c: { offset: 2, shape: [1] } });
  expect([...arrays]).toEqual([1, 2, 3]);
});

describe('points and blocks', () => {
  const measure = (step: number) => ({ step, losses: Float32Array.of(1), correct: 1, learningRate: 0.1, gradientNorm: 1 });

  test('cover every step once, in at most as many points as asked for and at most four blocks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.oneof(fc.integer({ min: 1, max: 250 }), fc.constant('every' as const)),
        (steps, points) => {
          const meter = createEpochMeter(steps, points);
          const blocks = Array.from({ length: steps }, (_, i) => meter.add(measure(i + 1)).block).filter((block) => block !== null);
          expect(meter.flush()).toBeNull();
          expect(blocks.length).toBeLessThanOrEqual(4);
          const ends = blocks.flatMap(({ data }) => data.steps);
          expect(ends.length).toBe(points === 'every' ? steps : Math.min(points, steps));
          expect(ends).toEqual([...ends].sort((a, b) => a - b));
          let next = 1;
          for (const { data } of blocks) {
            expect(data.firstStep).toBe(next);
            expect(data.steps.at(-1)).toBe(data.lastStep);
            next = data.lastStep + 1;
          }
          expect(next).toBe(steps + 1);
        },
      ),
      { seed: 7 },
    );
  });

  test('a flush ends what is open', () => {
    const meter = createEpochMeter(8, 4);
    expect([1, 2, 3].map((step) => meter.add(measure(step)).block?.data.lastStep)).toEqual([undefined, 2, undefined]);
    expect(meter.flush()?.data).toMatchObject({ firstStep: 3, lastStep: 3, steps: [3] });
  });
});
