// The natural logarithm on binary32, from + − × alone, so that every backend gives the same bits (docs/numerics.md, "log").
// Polynomial: Cephes' logf (S. Moshier), relative error below 2 ULP.

type Madd = (a: number, b: number, c: number) => number;

const { fround } = Math;

export const LOG_SQRT_HALF = fround(Math.SQRT1_2);
/** ln 2 in two parts, the first short enough that e times it is exact. */
export const LOG_LN2_HIGH = fround(0.693359375);
export const LOG_LN2_LOW = fround(-2.1219444e-4);
/** Highest power first. */
export const LOG_COEFFICIENTS = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
  3.3333331174e-1,
].map(fround);

const value = new Float32Array(1);
const bits = new Uint32Array(value.buffer);

/** ln x of a normal positive binary32 value; NaN for NaN, +∞ for +∞. Other values are outside its contract. */
export function logFloat(x: number, madd: Madd): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  value[0] = x;
  let exponent = (bits[0]! >>> 23) - 126;
  bits[0] = (bits[0]! & 0x7fffff) | 0x3f000000;
  let f = value[0]!;
  if (f < LOG_SQRT_HALF) {
    exponent -= 1;
    f *= 2;
  }
  f -= 1;
  const z = fround(f * f);
  let q = LOG_COEFFICIENTS[0]!;
  for (let i = 1; i < LOG_COEFFICIENTS.length; i++) q = madd(q, f, LOG_COEFFICIENTS[i]!);
  let y = fround(fround(f * z) * q);
  y = madd(exponent, LOG_LN2_LOW, y);
  y = madd(-0.5, z, y);
  y = fround(f + y);
  return madd(exponent, LOG_LN2_HIGH, y);
}
