// The multiply-adds against exact integer arithmetic: every binary32 is an integer times 2^−149, so a·b + c is one times 2^−298.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fusedMadd, strictMadd } from '../../../trainer/numbers/madd.ts';

const view = new DataView(new ArrayBuffer(4));

function fromBits(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function toBits(x: number): number {
  view.setFloat32(0, x);
  return view.getUint32(0);
}

/** A finite binary32 as an integer in units of 2^−149. */
function units(x: number): bigint {
  const bits = toBits(x);
  const exponent = (bits >>> 23) & 0xff;
  const fraction = BigInt(bits & 0x7fffff);
  const magnitude = exponent === 0 ? fraction : (fraction | 0x800000n) << BigInt(exponent - 1);
  return bits >>> 31 === 1 ? -magnitude : magnitude;
}

/** Nearest binary32, ties to even, of a non-zero integer in units of 2^−298. */
function nearest(exact: bigint): number {
  const magnitude = exact < 0n ? -exact : exact;
  // 24 bits are kept, and never less than 2^−149.
  const drop = BigInt(Math.max(magnitude.toString(2).length - 24, 149));
  const kept = magnitude >> drop;
  const rest = magnitude - (kept << drop);
  const half = 1n << (drop - 1n);
  const rounded = kept + (rest > half || (rest === half && kept % 2n === 1n) ? 1n : 0n);
  const value = Number(rounded) * 2 ** (Number(drop) - 298);
  const finite = value < 2 ** 128 ? value : Number.POSITIVE_INFINITY;
  return exact < 0n ? -finite : finite;
}

function exactMadd(a: number, b: number, c: number): number {
  const exact = units(a) * units(b) + (units(c) << 149n);
  return exact === 0n ? a * b + c : nearest(exact);
}

const finite = fc
  .oneof(
    fc.integer({ min: 0, max: 0xffffffff }).map(fromBits),
    // Few bits and near exponents, where exact ties are common.
    fc.tuple(fc.integer({ min: -4096, max: 4096 }), fc.integer({ min: -30, max: 30 })).map(([m, e]) => Math.fround(m * 2 ** e)),
    fc.constantFrom(0, -0, 1, -1, 2 ** -149, -(2 ** -149), 2 ** -126, fromBits(0x7f7fffff), 1 + 2 ** -23, 1 - 2 ** -24, 2 ** -75, 2 ** 64),
  )
  .filter(Number.isFinite);

const triple = fc.tuple(finite, finite, finite);
/** c close to −a·b, so that rounding the product would show. */
const cancelling = fc.tuple(finite, finite, fc.integer({ min: -2, max: 2 })).map(([a, b, steps]) => {
  const product = Math.fround(-a * b);
  return [a, b, Number.isFinite(product) ? fromBits(Math.max(toBits(product) + steps, 0) >>> 0) : 1] as [number, number, number];
});
/** c a binary32 whose sum with a small product lies next to the middle of two: where rounding twice goes wrong. */
const halfway = fc
  .tuple(fc.integer({ min: 0x00800000, max: 0x7e000000 }).map(fromBits), fc.boolean(), fc.integer({ min: -3, max: 3 }), fc.boolean())
  .map(([c, up, nudge, negative]) => {
    const half = (fromBits(toBits(c) + 1) - c) / 2;
    const a = Math.fround((up ? 1 : -1) * half * (1 + nudge * 2 ** -23));
    const sign = negative ? -1 : 1;
    return [sign * a, 1 - nudge * 2 ** -23, sign * c] as [number, number, number];
  });

describe('fused multiply-add', () => {
  const same = ([a, b, c]: [number, number, number]) => {
    if (![a, b, c].every(Number.isFinite)) return;
    expect(fusedMadd(a, b, c)).toBe(exactMadd(a, b, c));
  };
  test('rounds once, for any finite operands', () => fc.assert(fc.property(triple, same), { seed: 1, numRuns: 20_000 }));
  test('rounds once where product and addend cancel', () => fc.assert(fc.property(cancelling, same), { seed: 2, numRuns: 10_000 }));
  test('rounds once next to ties', () => fc.assert(fc.property(halfway, same), { seed: 3, numRuns: 20_000 }));

  test('differs from rounding through double where that rounds twice', () => {
    // The product is 2^−24 − 2^−70: beside 1 + 2^−23 just below a tie, which double takes for the tie itself.
    const [a, b, c] = [2 ** -24 + 2 ** -47, 1 - 2 ** -23, 1 + 2 ** -23];
    expect(Math.fround(a * b + c)).toBe(1 + 2 ** -22);
    expect(fusedMadd(a, b, c)).toBe(1 + 2 ** -23);
    expect(fusedMadd(-a, b, -c)).toBe(-1 - 2 ** -23);
  });

  test('reaches the largest number, and infinity at half a unit beyond', () => {
    const largest = fromBits(0x7f7fffff);
    expect(fusedMadd(2 ** 103, 1, largest)).toBe(Number.POSITIVE_INFINITY);
    expect(fusedMadd(fromBits(toBits(2 ** 103) - 1), 1, largest)).toBe(largest);
    // The product stays below half a unit by 2^79, which rounding to double loses.
    expect(fusedMadd(fromBits(toBits(2 ** 52) + 1), fromBits(toBits(2 ** 51) - 2), largest)).toBe(largest);
    expect(fusedMadd(-largest, largest, 1)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('follows IEEE 754 for infinities, NaN and signed zeros', () => {
    expect(fusedMadd(Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY)).toBeNaN();
    expect(fusedMadd(0, Number.POSITIVE_INFINITY, 1)).toBeNaN();
    expect(fusedMadd(Number.NaN, 0, 0)).toBeNaN();
    expect(fusedMadd(1, 1, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    expect(fusedMadd(-0, 1, -0)).toBe(-0);
    expect(fusedMadd(1, 1, -1)).toBe(0);
    expect(fusedMadd(2 ** -149, -(2 ** -149), 0)).toBe(-0);
    expect(fusedMadd(2 ** -75, 2 ** -75, 0)).toBe(0);
    expect(fusedMadd(2 ** -75, 1.5 * 2 ** -75, 0)).toBe(2 ** -149);
  });
});

test('strict multiply-add rounds the product first', () => {
  fc.assert(
    fc.property(triple, ([a, b, c]) => {
      const product = exactMadd(a, b, -0);
      const expected = Number.isFinite(product) ? exactMadd(product, 1, c) : product + c;
      expect(strictMadd(a, b, c)).toBe(expected);
    }),
    { seed: 4, numRuns: 10_000 },
  );
  // (1 + 2^−12)² is 1 + 2^−11 + 2^−24, and the last part is lost in the product.
  const a = 1 + 2 ** -12;
  expect(strictMadd(a, a, -1 - 2 ** -11)).toBe(0);
  expect(fusedMadd(a, a, -1 - 2 ** -11)).toBe(2 ** -24);
});
