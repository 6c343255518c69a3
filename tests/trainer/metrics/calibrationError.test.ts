// Expected calibration error by hand, and against the definition written out another way.
import { describe, expect, test } from 'vitest';
import { binOf, calibration } from '../../../trainer/metrics/calibrationError.ts';
import { confidence } from '../../../trainer/metrics/softmax.ts';
import { double } from '../../../trainer/numbers/numbers.ts';
import { randomValues } from '../reference/tiny.ts';
import { measured, reference } from './states.ts';

describe('confidence', () => {
  const plain = (logits: number[]) => {
    const powers = logits.map((logit) => Math.E ** logit);
    return Math.max(...powers) / powers.reduce((sum, power) => sum + power, 0);
  };

  test('is the largest probability', () => {
    const drawn = randomValues(double, 400, 5, 8);
    for (let i = 0; i < 400; i += 8) {
      const logits = Float32Array.from(drawn.subarray(i, i + 8));
      expect(confidence(logits)).toBeCloseTo(plain([...logits]), 13);
    }
  });

  test('does not overflow, and is not a number where the logits are none', () => {
    expect(confidence(Float32Array.of(1e30, -1e30, 0))).toBe(1);
    expect(confidence(Float32Array.of(7, 7, 7, 7))).toBe(0.25);
    expect(confidence(Float32Array.of(1, Number.NaN))).toBeNaN();
    expect(confidence(Float32Array.of(Number.POSITIVE_INFINITY, 0))).toBeNaN();
  });
});

test('a bin takes its upper edge, the first one 0 too', () => {
  expect([0, 0.01, 0.25, 0.26, 0.5, 0.75, 0.751, 1].map((value) => binOf(value, 4))).toEqual([0, 0, 0, 1, 1, 2, 3, 3]);
});

test('by hand: two bins of two and three images', () => {
  // Bin (0, 0.5]: confidence 0.45, one of two right. Bin (0.5, 1]: confidence 0.8, two of three right.
  const { error, bins } = calibration([0.4, 0.5, 0.7, 0.8, 0.9], [true, false, true, true, false], 2);
  expect(error).toBeCloseTo((2 / 5) * Math.abs(1 / 2 - 0.45) + (3 / 5) * Math.abs(2 / 3 - 0.8), 15);
  expect(bins.map(({ count, right }) => [count, right])).toEqual([
    [2, 1],
    [3, 2],
  ]);
});

test('equals |Σ right − Σ confidence| over the bins, divided by the number of images', () => {
  const confidences = [...randomValues(double, 500, 9)].map(Math.abs);
  const right = [...randomValues(double, 500, 10)].map((value) => value > 0);
  const gaps = new Map<number, number>();
  for (const [i, value] of confidences.entries()) {
    for (let bin = 0; bin < 15; bin++) {
      if (value > bin / 15 && value <= (bin + 1) / 15) gaps.set(bin, (gaps.get(bin) ?? 0) + (right[i] ? 1 : 0) - value);
    }
  }
  const expected = [...gaps.values()].reduce((sum, gap) => sum + Math.abs(gap), 0) / confidences.length;
  expect(calibration(confidences, right, 15).error).toBeCloseTo(expected, 13);
});

test('a confidence that is not a number makes the error that, and stands in no bin', () => {
  const { error, bins } = calibration([0.9, Number.NaN], [true, true], 15);
  expect(error).toBeNaN();
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(1);
});

test('of a state: the bins hold every image once, and give the error again', async () => {
  const values = await measured(reference(), 'calibrationError', { part: 'train' });
  const bins = Array.from({ length: 15 }, (_, i) => `bin.${String(i + 1).padStart(2, '0')}`);
  const counts = bins.map((bin) => values[`${bin}/count`]!);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40);
  const gap = (bin: string) => Math.abs(values[`${bin}/accuracy`]! - values[`${bin}/confidence`]!);
  const again = bins.reduce((sum, bin, i) => (counts[i] === 0 ? sum : sum + (counts[i]! / 40) * gap(bin)), 0);
  expect(values.error).toBeCloseTo(again, 14);
  expect(bins.filter((bin, i) => counts[i] === 0 && `${bin}/accuracy` in values)).toEqual([]);
  for (const [i, bin] of bins.entries()) {
    if (counts[i] === 0) continue;
    expect(values[`${bin}/confidence`]).toBeGreaterThan(i / 15);
    expect(values[`${bin}/confidence`]).toBeLessThanOrEqual((i + 1) / 15);
  }
});
