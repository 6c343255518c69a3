import { describe, expect, test } from 'vitest';
import * as metric from '../../../views/format/metric.ts';

describe('accuracies come as shares and are printed in %', () => {
  test.each([
    [0.776, '77.6', '77.6 %'],
    [0, '0.0', '0.0 %'],
    [1, '100.0', '100.0 %'],
    [0.9996, '100.0', '100.0 %'],
    [Number.NaN, 'NaN', 'NaN %'],
    [null, '', ''],
  ])('%s is %s', (share, bare, withUnit) => {
    expect(metric.accuracy(share)).toBe(bare);
    expect(metric.percent(share)).toBe(withUnit);
  });

  test('differences in points, signed', () => {
    expect(metric.points(0.013)).toBe('+1.3');
    expect(metric.points(-0.537)).toBe('−53.7');
    expect(metric.points(0.0004)).toBe('0.0');
    expect(metric.pointsInterval(0.037, 0.053)).toBe('+3.7 to +5.3');
    expect(metric.interval(-0.1, 1.6, 1)).toBe('−0.1 to +1.6');
  });
});

test('loss has three decimals', () => {
  expect(metric.loss(0.6312)).toBe('0.631');
  expect(metric.lossDifference(-0.0041)).toBe('−0.004');
});

test.each([
  [0.05, '0.05'],
  [0.00125, '0.00125'],
  [1e-7, '1e-7'],
  [0.0001 * 0.1, '0.00001'],
  [0.001 * 0.1 * 0.1 * 0.1, '0.000001'],
  [0.1 + 0.2, '0.3'],
  [null, ''],
])('learning rate %s is %s', (value, text) => expect(metric.learningRate(value)).toBe(text));

test.each([
  [0.0009, '< 0.001'],
  [0.001, '0.001'],
  [0.0613, '0.061'],
  [0.1, '0.10'],
  [0.438, '0.44'],
  [1, '1.00'],
  [Number.NaN, 'NaN'],
])('p of %s is %s', (value, text) => expect(metric.pValue(value)).toBe(text));

test('a mean has the sd of its repeats at the same precision, a single run has none', () => {
  expect(metric.withDeviation(78.64, 0.31, 1)).toBe('78.6 ± 0.3');
  expect(metric.accuracyWithDeviation(0.7864, 0.0031)).toBe('78.6 ± 0.3');
  expect(metric.accuracyWithDeviation(0.7864, null)).toBe('78.6');
  expect(metric.accuracyWithDeviation(null, null)).toBe('');
});

test.each([
  [0.3, 1, 'higher', 'better'],
  [-0.3, 1, 'higher', 'worse'],
  [-0.004, 3, 'lower', 'better'],
  [0.004, 3, 'lower', 'worse'],
  [0.04, 1, 'higher', 'even'],
  [Number.NaN, 3, 'lower', 'worse'],
] as const)('a difference of %s (%s decimals) where %s is better: %s', (difference, decimals, direction, verdict) => {
  expect(metric.verdict(difference, decimals, direction)).toBe(verdict);
});

test('a value and its state are one number', () => {
  expect(metric.fromState(0.5, 'finite')).toBe(0.5);
  expect(metric.fromState(null, 'nan')).toBeNaN();
  expect(metric.fromState(null, 'inf')).toBe(Number.POSITIVE_INFINITY);
  expect(metric.fromState(null, '-inf')).toBe(Number.NEGATIVE_INFINITY);
  expect(metric.fromState(null, null)).toBeNull();
});
