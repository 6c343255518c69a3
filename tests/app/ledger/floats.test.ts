// Numbers of a curve: the quick way says what the plain way says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rounded, series } from '../../../app/ledger/projections/floats.ts';

/** The plain way: five digits as text, read as a number. */
const plain = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(5)) + 0 : value);

const decimals = fc.tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 12 }));
/** Doubles of every size, Float32s, short decimals, and middles between two texts with their neighbours. */
const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: -1e6, max: 1e6 }),
  fc.float(),
  fc.float({ min: -1000, max: 1000 }),
  decimals.map(([digits, places]) => digits / 10 ** places),
  decimals.map(([digits, places]) => (digits + 0.5) / 10 ** places),
  decimals.map(([digits, places]) => ((digits + 0.5) / 10 ** places) * (1 + Number.EPSILON)),
  fc.constantFrom(
    0,
    -0,
    1e-5,
    9.999949e-6,
    99999.4,
    99999.5,
    99999.99,
    1e5,
    0.99999499,
    0.999995,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
);

test('five digits are those that toPrecision gives', () => {
  fc.assert(
    fc.property(numbers, (value) => {
      expect(rounded(value)).toBe(plain(value));
    }),
    { seed: 3, numRuns: 20_000 },
  );
});

test('a series is read wherever its bytes begin, and ends where they do', () => {
  const numbers = Float32Array.of(1, 2, 3, 4, 5, 6);
  const index = { a: { offset: 1, shape: [2, 2] }, b: { offset: 4, shape: [9] }, c: { offset: 8, shape: [1] } };
  const bytes = new Uint8Array(numbers.buffer);
  const shifted = new Uint8Array(27).fill(7);
  shifted.set(bytes, 3);
  for (const arrays of [bytes, shifted.subarray(3)]) {
    const event = { arrays } as Parameters<typeof series>[0];
    expect([...series(event, index, 'a')]).toEqual([2, 3, 4, 5]);
    expect([...series(event, index, 'b')]).toEqual([5, 6]);
    expect([...series(event, index, 'c')]).toEqual([]);
    expect([...series(event, index, 'd')]).toEqual([]);
  }
  expect([...series({ arrays: null } as Parameters<typeof series>[0], index, 'a')]).toEqual([]);
});
