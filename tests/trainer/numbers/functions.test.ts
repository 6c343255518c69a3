// exp, log and powers: distance from the true value in units in the last place, and the values at the ends.
import { describe, expect, test } from 'vitest';
import { cosineShare, cosPi } from '../../../trainer/numbers/cosine.ts';
import { expDouble, logDouble, powDouble } from '../../../trainer/numbers/double.ts';
import { fused, type Numbers, strict } from '../../../trainer/numbers/numbers.ts';
import { powInt } from '../../../trainer/numbers/power.ts';

/** Distance of a binary32 from the true value, in units in the last place of the true value. */
function ulps(got: number, truth: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(truth))), -126);
  return Math.abs(got - truth) / 2 ** (exponent - 23);
}

/** Largest distance over `count` evenly spaced arguments. */
function worst(from: number, to: number, count: number, distance: (x: number) => number): number {
  let largest = 0;
  for (let i = 0; i <= count; i++) largest = Math.max(largest, distance(Math.fround(from + ((to - from) * i) / count)));
  return largest;
}

describe.each([fused, strict])('$name', (numbers: Numbers) => {
  test('exp is within 2 ULP where its result is normal', () => {
    const distance = (x: number) => ulps(numbers.exp(x), Math.exp(x));
    expect(worst(-86.5, 88, 200_000, distance)).toBeLessThan(2);
    expect(worst(-1, 1, 100_000, distance)).toBeLessThan(2);
  });

  test('exp clamps, and lets NaN through', () => {
    expect(numbers.exp(0)).toBe(1);
    expect(numbers.exp(-0)).toBe(1);
    expect(numbers.exp(-1000)).toBe(numbers.exp(-87));
    expect(numbers.exp(Number.NEGATIVE_INFINITY)).toBe(numbers.exp(-87));
    expect(numbers.exp(Number.POSITIVE_INFINITY)).toBe(numbers.exp(88));
    expect(numbers.exp(Number.NaN)).toBeNaN();
  });

  test('log is within 2 ULP, near 1 and across the exponents', () => {
    const distance = (x: number) => (x === 1 ? Math.abs(numbers.log(x)) : ulps(numbers.log(x), Math.log(x)));
    expect(worst(0.5, 2, 200_000, distance)).toBeLessThan(2);
    expect(worst(1, 1000, 100_000, distance)).toBeLessThan(2);
    for (let exponent = -126; exponent <= 127; exponent++) expect(distance(Math.fround(1.3 * 2 ** exponent))).toBeLessThan(2);
  });

  test('log lets NaN and infinity through', () => {
    expect(numbers.log(1)).toBe(0);
    expect(numbers.log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(numbers.log(Number.NaN)).toBeNaN();
  });
});

test('the double versions agree with the runtime’s to a few units in the last place', () => {
  for (let i = 0; i <= 20_000; i++) {
    const x = -700 + (1400 * i) / 20_000;
    expect(Math.abs(expDouble(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
    const y = Math.exp(x);
    expect(Math.abs(logDouble(y) - Math.log(y))).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(x)));
  }
  expect(expDouble(-800)).toBe(0);
  expect(expDouble(800)).toBe(Number.POSITIVE_INFINITY);
  expect(logDouble(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(logDouble(-1)).toBeNaN();
  expect(logDouble(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});

test('powInt is exact where the power is, and close elsewhere', () => {
  for (let n = 0; n <= 1023; n++) expect(powInt(2, n)).toBe(2 ** n);
  expect(powInt(3, 30)).toBe(205891132094649);
  expect(powInt(0.5, 0)).toBe(1);
  for (const n of [1, 2, 7, 1000, 25_000]) expect(Math.abs(powInt(0.999, n) / Math.exp(n * Math.log(0.999)) - 1)).toBeLessThan(1e-12);
});

describe('cosines of half turns', () => {
  test('are within a few units in the last place, wherever they are', () => {
    for (let i = 0; i <= 40_000; i++) {
      const x = -3 + (6 * i) / 40_000;
      expect(Math.abs(cosPi(x) - Math.cos(Math.PI * x))).toBeLessThan(2e-15);
      if (Math.abs(x) <= 0.5) expect(Math.abs(cosPi(x) - Math.cos(Math.PI * x))).toBeLessThanOrEqual(4e-16);
    }
  });

  test('are exact at halves, even, and the same a turn later', () => {
    expect([0, 0.5, 1, 1.5, 2, -1, 1e6].map(cosPi)).toEqual([1, 0, -1, -0, 1, -1, 1].map((x) => x + 0 || Math.abs(x)));
    for (let i = 0; i < 1000; i++) {
      const x = i / 1024;
      expect(cosPi(-x)).toBe(cosPi(x));
      expect(cosPi(x + 2)).toBe(cosPi(x));
      expect(cosPi(1 - x) + cosPi(x)).toBe(0);
    }
  });

  test('as shares keep their digits where they are nearly nothing', () => {
    // 1 + cos(π·x) near 1 is (π·(1 − x))²/2 to first order.
    const left = 2 ** -30;
    expect(Math.abs(cosineShare(1 - left) / ((Math.PI * left) / 2) ** 2 - 1)).toBeLessThan(1e-15);
    expect([0, 1, 2].map(cosineShare)).toEqual([1, 0, 1]);
  });
});

test('powers of any exponent', () => {
  for (let i = 1; i <= 2000; i++) {
    const base = i / 2000;
    for (const exponent of [0.1, 0.5, 0.9, 2.5, 7.3]) {
      // An error of a last place in the logarithm grows with the exponent of e.
      const places = 4 + 2 * Math.abs(exponent * Math.log(base));
      expect(Math.abs(powDouble(base, exponent) / base ** exponent - 1)).toBeLessThan(places * 2 ** -53);
    }
    expect(powDouble(base, 3)).toBe(powInt(base, 3));
  }
  expect([powDouble(0, 0.5), powDouble(0, 0), powDouble(1, 0.3), powDouble(0.3, 0)]).toEqual([0, 1, 1, 1]);
});
