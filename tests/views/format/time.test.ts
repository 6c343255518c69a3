import { expect, test } from 'vitest';
import { age, dayAndMonth, duration, exactTime, roughly, runTime } from '../../../views/format/time.ts';

test.each([
  [0, '0 ms'],
  [0.035, '35 ms'],
  [0.0996, '0.1 s'],
  [0.6, '0.6 s'],
  [7.4, '7.4 s'],
  [9.96, '10 s'],
  [46, '46 s'],
  [59.4, '59 s'],
  [59.6, '1 m 00 s'],
  [222, '3 m 42 s'],
  [248, '4 m 08 s'],
  [3599.6, '1 h 00 m'],
  [5280, '1 h 28 m'],
  [86_399, '1 d 00 h'],
  [183_600, '2 d 03 h'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [null, ''],
])('%s seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test('a column of times begins at minutes', () => {
  expect(runTime(21)).toBe('0 m 21 s');
  expect(runTime(222)).toBe('3 m 42 s');
});

test.each([
  [31.9, '31 s'],
  [299, '4 m'],
  [5 * 3600, '5 h'],
  [2.9 * 86_400, '2 d'],
  [-3, '0 s'],
])('roughly %s seconds are %s', (seconds, text) => expect(roughly(seconds)).toBe(text));

const moment = Date.UTC(2026, 2, 14, 14, 1, 50);

test('ages and dates', () => {
  expect(age(moment, moment + 250_000)).toBe('4 m');
  expect(dayAndMonth(moment, 'UTC')).toBe('14 Mar');
  expect(exactTime(moment, 'UTC')).toBe('14 Mar 2026, 14:01:50');
  expect(exactTime(Date.UTC(2026, 8, 1, 0, 5, 9), 'UTC')).toBe('1 Sep 2026, 00:05:09');
  expect(exactTime(moment, 'Asia/Tokyo')).toBe('14 Mar 2026, 23:01:50');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (let month = 0; month < 24; month++) {
    const then = Date.UTC(2025, month, 1 + month, 22 + month, 5 * month, 9);
    expect([exactTime(then), dayAndMonth(then)]).toEqual([exactTime(then, here), dayAndMonth(then, here)]);
  }
});
