// exp and log in double, for the reference's own proofs (finite differences, PyTorch's float64 values). Training never calls them.
// Plain series with a textbook reduction: a few units in the last place, and again no Math.exp.
import { powInt } from './power.ts';

/** ln 2 as a sum of two doubles, the first with a short mantissa (fdlibm). */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** e^x: x = n·ln 2 + r, Taylor series of e^r to r^14 (|r| ≤ 0.35), times 2^n. */
export function expDouble(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -745.2) return 0;
  if (x > 709.8) return Number.POSITIVE_INFINITY;
  const n = Math.round(x / (LN2_HIGH + LN2_LOW));
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1;
  for (let k = 14; k >= 1; k--) sum = 1 + (sum * r) / k;
  // Two steps, because 2^n itself may lie outside double.
  const half = Math.trunc(n / 2);
  return scale(scale(sum, half), n - half);
}

function scale(x: number, n: number): number {
  return n < 0 ? x / powInt(2, -n) : x * powInt(2, n);
}

/** ln x for normal x > 0: x = f·2^e, ln f = 2·artanh((f − 1)/(f + 1)) as a series to the 25th power. NaN below 0, −∞ at 0. */
export function logDouble(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x < 0 ? Number.NaN : x;
  let f = x;
  let e = 0;
  for (; f >= Math.SQRT2; e++) f /= 2;
  for (; f < Math.SQRT1_2; e--) f *= 2;
  const s = (f - 1) / (f + 1);
  const square = s * s;
  let series = 0;
  for (let k = 25; k >= 1; k -= 2) series = series * square + 1 / k;
  return e * LN2_HIGH + (2 * s * series + e * LN2_LOW);
}
