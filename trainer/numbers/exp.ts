// The exponential on binary32, from + − × alone, so that every backend gives the same bits (docs/numerics.md, "exp").
// Polynomial: Cephes' expf (S. Moshier), relative error below 2 ULP on the clamped range.
import { powInt } from './power.ts';

type Madd = (a: number, b: number, c: number) => number;

const { fround } = Math;

export const EXP_LOWEST = -87;
export const EXP_HIGHEST = 88;
export const EXP_LOG2E = fround(Math.LOG2E);
/** ln 2 in two parts, the first short enough that n times it is exact. */
export const EXP_LN2_HIGH = fround(0.693359375);
export const EXP_LN2_LOW = fround(-2.1219444e-4);
/** Highest power first. */
export const EXP_COEFFICIENTS = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1].map(
  fround,
);

/** Adding and subtracting 1.5·2^23 in binary32 rounds to the nearest integer, ties to even. */
const ROUNDER = 12582912;

/** e^x of a binary32 value; below −87 it gives e^−87, above 88 e^88, and NaN for NaN. */
export function expFloat(x: number, madd: Madd): number {
  const t = Math.min(Math.max(x, EXP_LOWEST), EXP_HIGHEST);
  const n = fround(fround(fround(t * EXP_LOG2E) + ROUNDER) - ROUNDER);
  const r = madd(n, -EXP_LN2_LOW, madd(n, -EXP_LN2_HIGH, t));
  let q = EXP_COEFFICIENTS[0]!;
  for (let i = 1; i < EXP_COEFFICIENTS.length; i++) q = madd(q, r, EXP_COEFFICIENTS[i]!);
  const y = madd(fround(r * r), q, fround(r + 1));
  return fround(n < 0 ? y / powInt(2, -n) : y * powInt(2, n));
}
