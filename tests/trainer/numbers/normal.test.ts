// The normal distribution of GELU in binary32 against double, and at its borders.
import { describe, expect, test } from 'vitest';
import { normalDouble, normalFloat } from '../../../trainer/numbers/normal.ts';
import { fused, strict } from '../../../trainer/numbers/numbers.ts';

describe.each([fused, strict])('$name', ({ madd }) => {
  test('share and density are within 1.1e-7 of double', () => {
    let worst = 0;
    for (let i = -100_000; i <= 100_000; i++) {
      const x = Math.fround(i / 7000);
      const [float, double] = [normalFloat(x, madd), normalDouble(x)];
      worst = Math.max(worst, Math.abs(float.cumulative - double.cumulative), Math.abs(float.density - double.density));
    }
    expect(worst).toBeGreaterThan(1e-9);
    expect(worst).toBeLessThanOrEqual(1.1e-7);
  });

  test('borders: half at 0, nothing and everything far out, NaN for NaN', () => {
    expect(normalFloat(0, madd).cumulative).toBe(0.5);
    expect(normalFloat(-Infinity, madd)).toEqual({ cumulative: 0, density: 0 });
    expect(normalFloat(Infinity, madd)).toEqual({ cumulative: 1, density: 0 });
    expect(normalFloat(Number.NaN, madd)).toEqual({ cumulative: Number.NaN, density: Number.NaN });
  });
});

test('double: values from tables of the standard normal', () => {
  for (const [x, share] of [
    [-3, 0.0013498980316300933],
    [-1, 0.15865525393145707],
    [0.5, 0.6914624612740131],
    [2, 0.9772498680518208],
  ] as const)
    expect(normalDouble(x).cumulative).toBeCloseTo(share, 14);
});
