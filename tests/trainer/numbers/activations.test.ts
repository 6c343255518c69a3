// σ and tanh in binary32 against the runtime's own, in units in the last place, and at their borders.
import { describe, expect, test } from 'vitest';
import { sigmoidDouble, tanhDouble } from '../../../trainer/numbers/double.ts';
import { fused, strict } from '../../../trainer/numbers/numbers.ts';

/** Distance of a binary32 from the true value, in units in the last place of the true value. */
function ulps(got: number, truth: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(truth))), -126);
  return Math.abs(got - truth) / 2 ** (exponent - 23);
}

/** Largest distance at 200,001 arguments from −reach to reach. */
function worst(reach: number, distance: (x: number) => number): number {
  let largest = 0;
  for (let i = -100_000; i <= 100_000; i++) largest = Math.max(largest, distance(Math.fround((i / 100_000) * reach)));
  return largest;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe.each([fused, strict])('$name', (numbers) => {
  test('σ is within 4 ULP', () => {
    for (const reach of [1, 20, 86]) expect(worst(reach, (x) => ulps(numbers.sigmoid(x), sigmoid(x)))).toBeLessThan(4);
  });

  test('σ: half at 0, +0 and 1 far out, NaN for NaN', () => {
    expect(numbers.sigmoid(0)).toBe(0.5);
    for (const low of [-87.1, -1000, Number.NEGATIVE_INFINITY]) expect(numbers.sigmoid(low)).toBe(0);
    for (const high of [88, Number.POSITIVE_INFINITY]) expect(numbers.sigmoid(high)).toBe(1);
    expect(numbers.sigmoid(Number.NaN)).toBeNaN();
  });

  test('tanh is within 2 ULP, near 0 too', () => {
    const distance = (x: number) => (x === 0 ? 0 : ulps(numbers.tanh(x), Math.tanh(x)));
    for (const reach of [10, 0.7, 1e-3, 1e-30]) expect(worst(reach, distance)).toBeLessThan(2);
  });

  test('tanh: zeros keep their sign, ±1 far out, NaN for NaN', () => {
    expect(numbers.tanh(0)).toBe(0);
    expect(numbers.tanh(-0)).toBe(-0);
    expect(numbers.tanh(Number.POSITIVE_INFINITY)).toBe(1);
    expect(numbers.tanh(-1e30)).toBe(-1);
    expect(numbers.tanh(Number.NaN)).toBeNaN();
  });
});

test('in double both are within a few units of 1e-16', () => {
  for (let i = -2000; i <= 2000; i++) {
    const x = i / 50;
    expect(Math.abs(sigmoidDouble(x) - sigmoid(x))).toBeLessThan(4e-16);
    expect(Math.abs(tanhDouble(x) - Math.tanh(x))).toBeLessThan(4e-16);
  }
});
