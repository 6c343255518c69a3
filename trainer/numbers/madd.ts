// The multiply-add a·b + c on binary32 values, in the two arithmetics a recipe may ask for (docs/numerics.md).
// JavaScript has no fused multiply-add, so its single rounding is built here from exact double operations.

const value = new Float64Array(1);
const bits = new BigInt64Array(value.buffer);

/** The double next to an inexact sum whose last bit is odd, on the side of the error: it remembers that the sum was inexact. */
function roundToOdd(sum: number, error: number): number {
  value[0] = sum;
  // Bits count magnitude, so the next double towards a larger magnitude is one more; an even last bit makes both neighbours odd.
  if ((bits[0]! & 1n) === 0n) bits[0] = bits[0]! + (error > 0 === sum > 0 ? 1n : -1n);
  return value[0]!;
}

/**
 * a·b + c of binary32 values with one rounding to binary32, as hardware fuses it; infinities, NaN, subnormals and signed zeros included.
 *
 * The product is exact in double (48 of 53 bits). The sum is rounded to double and then to binary32, which differs from one rounding only
 * where the double lies exactly between two binary32 values; there the error of the sum (Knuth's TwoSum) decides, by rounding to odd.
 * Source: Boldo, Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Transactions on Computers 57 (2008).
 */
export function fusedMadd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const rounded = Math.fround(sum);
  // Where sum lies halfway, the same distance again reaches the other neighbour. Overflow (rounded is infinite) takes this way too.
  const opposite = sum + (sum - rounded);
  if (sum === rounded || Math.fround(opposite) !== opposite) return rounded;
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  return error === 0 ? rounded : Math.fround(roundToOdd(sum, error));
}

/** a·b + c of binary32 values with a rounding after each operation: the same on machines without fused multiply-add. */
export function strictMadd(a: number, b: number, c: number): number {
  return Math.fround(Math.fround(a * b) + c);
}
