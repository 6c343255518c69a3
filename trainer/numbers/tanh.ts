// The hyperbolic tangent on binary32 from + − × ÷ and exp, so that every backend gives the same bits (docs/numerics.md, "tanh").
// From 5/8 on it is 1 − 2/(e^2a + 1), which below would lose digits; there it is a + a³·P(a²), whose P leaves a relative error of 4.4e-9
// (least maximum, by Lawson's iteration), so that small values keep all of theirs.
import { expFloat } from './exp.ts';

type Madd = (a: number, b: number, c: number) => number;

const { fround } = Math;

/** Magnitudes from here on go by the exponential. */
export const TANH_SPLIT = 0.625;
/** Of (tanh(a) − a)/a³ in a², highest power first. */
export const TANH_COEFFICIENTS = [-5.704985e-3, 2.06390861e-2, -5.37397154e-2, 1.33314416e-1, -3.33332807e-1].map(fround);

/** tanh of a binary32 value, within 2 ULP; NaN for NaN, and −0 for −0. */
export function tanhFloat(x: number, madd: Madd): number {
  const a = Math.abs(x);
  const t = a < TANH_SPLIT ? nearZero(a, madd) : fround(1 - fround(2 / fround(expFloat(fround(a + a), madd) + 1)));
  return x < 0 || Object.is(x, -0) ? -t : t;
}

function nearZero(a: number, madd: Madd): number {
  const z = fround(a * a);
  let q = TANH_COEFFICIENTS[0]!;
  for (let i = 1; i < TANH_COEFFICIENTS.length; i++) q = madd(q, z, TANH_COEFFICIENTS[i]!);
  return madd(fround(a * z), q, a);
}
