import { describe, expect, test } from 'vitest';
import { comparePaired, meanInterval, type Observation, summarize } from '../../../app/ablations/analysis.ts';

const observe = (values: number[], firstSeed = 1): Observation[] =>
  values.map((value, index) => ({ runId: `run-${index}`, seed: firstSeed + index, value }));

// Student's sleep data (Cushny and Peebles 1905) as in R: t.test(extra ~ group, data = sleep, paired = TRUE).
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe('summaries', () => {
  test('sd divides by n − 1', () => {
    expect(summarize([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ n: 8, mean: 5, sd: Math.sqrt(32 / 7) });
  });

  test('one value has no sd and no interval, none has no mean', () => {
    expect(summarize([3])).toEqual({ n: 1, mean: 3, sd: null });
    expect(meanInterval(summarize([3]))).toBeNull();
    expect(summarize([]).mean).toBeNaN();
  });
});

describe('paired comparison', () => {
  test("R's paired t interval for Student's sleep data", () => {
    const comparison = comparePaired(observe(first), observe(second));
    expect(comparison.mean).toBeCloseTo(-1.58, 12);
    expect(comparison.interval?.low).toBeCloseTo(-2.4598858, 7);
    expect(comparison.interval?.high).toBeCloseTo(-0.7001142, 7);
    expect(comparison.evidence).toBe('lower');
  });

  test('the other way round it is higher', () => {
    expect(comparePaired(observe(second), observe(first)).evidence).toBe('higher');
  });

  test('an interval over zero decides nothing', () => {
    expect(comparePaired(observe([1, 2, 3, 4, 5]), observe([2, 1, 4, 3, 5])).evidence).toBe('undecided');
  });

  test('fewer than five pairs are too few, however clear they look', () => {
    const comparison = comparePaired(observe([10, 10.1, 10.2, 10.3]), observe([1, 1.1, 1.2, 1.3]));
    expect(comparison.interval).not.toBeNull();
    expect(comparison.evidence).toBe('too few');
  });

  test('only seeds that both have make pairs, in order of the seed, a repeated seed once', () => {
    const { pairs } = comparePaired(observe([5, 6, 7], 2).reverse(), [...observe([1, 2, 3], 1), { runId: 'again', seed: 2, value: 99 }]);
    expect(pairs).toEqual([
      { seed: 2, difference: 3 },
      { seed: 3, difference: 3 },
    ]);
  });

  test('no common seed leaves no pair and no number', () => {
    const comparison = comparePaired(observe([1], 1), observe([1], 2));
    expect(comparison).toMatchObject({ pairs: [], sd: null, interval: null, evidence: 'too few' });
    expect(comparison.mean).toBeNaN();
  });
});
