// Axes: whatever the values, ticks are round, few, in order, and hold them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochTicks, logTicks, niceTicks } from '../../../app/charts/ticks.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const positive = fc.double({ min: 1e-8, max: 1e6, noNaN: true });

test('linear ticks enclose the values and are at most eight', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { min, max, values } = niceTicks(low, high);
      const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
      expect(min).toBeLessThanOrEqual(low + slack);
      expect(max).toBeGreaterThanOrEqual(high - slack);
      expect(values.length).toBeGreaterThanOrEqual(2);
      expect(values.length).toBeLessThanOrEqual(8);
      expect(values).toEqual([...values].sort((x, y) => x - y));
    }),
  );
});

test('linear ticks print as round numbers', () => {
  expect(niceTicks(0.42, 0.88).values).toEqual([0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  expect(niceTicks(1, 2.9).values.every((tick) => String(tick).length <= 4)).toBe(true);
  expect(niceTicks(3, 3).values).toContain(3);
});

test('log ticks enclose the values, rise, and are at most eight', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { min, max, values } = logTicks(low, high);
      expect(min).toBeLessThanOrEqual(low * 1.000001);
      expect(max).toBeGreaterThanOrEqual(high * 0.999999);
      expect(values.length).toBeGreaterThanOrEqual(2);
      expect(values.length).toBeLessThanOrEqual(8);
      expect(values).toEqual([...values].sort((x, y) => x - y));
    }),
  );
});

test('powers of ten over several decades, finer steps within one', () => {
  expect(logTicks(0.001, 0.1).values).toEqual([0.001, 0.01, 0.1]);
  expect(logTicks(0.5, 1.9).values).toEqual([0.5, 0.7, 1, 1.5, 2]);
});

test('the first and the last epoch are always there, and labels keep their distance', () => {
  expect(epochTicks(1, 30)).toEqual([1, 10, 20, 30]);
  expect(epochTicks(1, 10, 7)).toEqual([1, 5, 10]);
  expect(epochTicks(1, 12)).toEqual([1, 3, 6, 9, 12]);
  expect(epochTicks(0, 2)).toEqual([0, 1, 2]);
  expect(epochTicks(1, 1)).toEqual([1]);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5000 }), (last) => {
      const ticks = epochTicks(1, last);
      expect([ticks[0], ticks.at(-1)]).toEqual([1, last]);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(new Set(ticks).size).toBe(ticks.length);
    }),
  );
});
