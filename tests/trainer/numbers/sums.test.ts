// The fixed orders of summation, on values where another order gives another result.
import { describe, expect, test } from 'vitest';
import { fourPartials, pairTree, sixteenLanes } from '../../../trainer/numbers/folds.ts';
import { channelSum, foldSamples, groupStart, weightGroups } from '../../../trainer/numbers/groups.ts';
import { mergeMoments, noMoments } from '../../../trainer/numbers/moments.ts';
import { philox4x32 } from '../../../trainer/random/philox.ts';

const { fround } = Math;

/** Binary32 values of widely different size. */
function values(count: number): number[] {
  const words = new Uint32Array(4);
  return Array.from({ length: count }, (_, i) => {
    philox4x32([1, 2], i, 0, 0, 0, words);
    return fround((words[0]! / 2 ** 31 - 1) * 2 ** ((words[1]! % 24) - 12));
  });
}

/** Which elements met when, as text: addition that keeps its own history. */
const spell = (a: string, b: string) => `(${a}${b})`;

describe('four partials', () => {
  test('take i mod 4 in order and fold (p0 + p2) + (p1 + p3)', () => {
    const x = values(11);
    const chain = (...indices: number[]) => indices.reduce((sum, i) => fround(sum + x[i]!), 0);
    const expected = fround(fround(chain(0, 4, 8) + chain(2, 6, 10)) + fround(chain(1, 5, 9) + chain(3, 7)));
    expect(fourPartials(11, (sum, i) => fround(sum + x[i]!), fround)).toBe(expected);
  });

  test('start from +0', () => {
    expect(fourPartials(0, (sum) => sum, fround)).toBe(0);
    expect(fourPartials(1, (sum) => fround(sum + -0), fround)).toBe(0);
  });
});

test('sixteen lanes take i mod 16 in order and fold by halves', () => {
  const x = values(21);
  const lanes = Array.from({ length: 16 }, (_, lane) => fround((x[lane] ?? 0) + (x[lane + 16] ?? 0)));
  let level = lanes;
  for (let half = 8; half >= 1; half /= 2) level = level.slice(0, half).map((value, lane) => fround(value + level[lane + half]!));
  expect(sixteenLanes(21, (sum, i) => fround(sum + x[i]!), fround)).toBe(level[0]);
});

test('the pair tree joins neighbours', () => {
  expect(pairTree(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], spell)).toBe('(((ab)(cd))((ef)(gh)))');
  expect(pairTree(['a'], spell)).toBe('a');
});

describe('sample groups', () => {
  test('cover the batch in order, whatever its size', () => {
    for (const batch of [1, 2, 15, 16, 17, 64, 100]) {
      for (const groups of [1, 2, 4, 8, 16]) {
        expect(groupStart(0, groups, batch)).toBe(0);
        expect(groupStart(groups, groups, batch)).toBe(batch);
        for (let g = 0; g < groups; g++) expect(groupStart(g + 1, groups, batch)).toBeGreaterThanOrEqual(groupStart(g, groups, batch));
      }
    }
    expect(Array.from({ length: 5 }, (_, g) => groupStart(g, 4, 10))).toEqual([0, 2, 5, 7, 10]);
  });

  test('of a weight gradient are fewer where the weights are large', () => {
    expect(weightGroups(432)).toBe(16);
    expect(weightGroups(32768)).toBe(16);
    expect(weightGroups(32769)).toBe(8);
    expect(weightGroups(262144)).toBe(2);
    expect(weightGroups(524288)).toBe(1);
    expect(weightGroups(10_000_000)).toBe(1);
  });

  test('of a channel sum are sixteen ascending sums under a pair tree', () => {
    const order = foldSamples(
      20,
      '',
      (sample) => String.fromCharCode(97 + sample),
      (a, b) => (a === '' ? b : b === '' ? a : spell(a, b)),
    );
    // Groups of 20 samples over 16: a, b, c, (de), f, g, h, (ij), …
    expect(order).toBe('((((ab)(c(de)))((fg)(h(ij))))(((kl)(m(no)))((pq)(r(st)))))');
    const x = values(40);
    expect(channelSum(x, 20, 2, 1)).toBe(
      foldSamples(
        20,
        0,
        (sample) => x[2 * sample + 1]!,
        (a, b) => a + b,
      ),
    );
  });
});

describe('moments', () => {
  test('of merged parts are those of the whole, far from zero too', () => {
    const x = values(50).map((value) => fround(value + 1e6));
    const single = (value: number) => ({ count: 1, mean: value, m2: 0 });
    const merged = foldSamples(50, noMoments, (sample) => single(x[sample]!), mergeMoments);
    const mean = x.reduce((sum, value) => sum + value, 0) / 50;
    const m2 = x.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    expect(merged.count).toBe(50);
    expect(merged.mean).toBeCloseTo(mean, 7);
    expect(Math.abs(merged.m2 / m2 - 1)).toBeLessThan(1e-12);
  });

  test('of an empty part are the other’s, unchanged', () => {
    const some = { count: 3, mean: 0.1, m2: 0.7 };
    expect(mergeMoments(noMoments, some)).toBe(some);
    expect(mergeMoments(some, noMoments)).toBe(some);
  });
});
