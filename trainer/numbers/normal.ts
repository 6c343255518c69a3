// The standard normal distribution, which GELU is made of: on binary32 from + − × and exp, so that every backend gives the same bits
// (docs/numerics.md, "normal"), and in double for the reference's own proofs.
// The upper tail 1 − Φ(a) is e^(−a²/2) times a slowly falling function (Mills' ratio over √(2π)), and that is a polynomial on [0, 5.5]:
// its error, weighted with e^(−a²/2)·max(1, a), is 3.4e-8 at most (least maximum, by Lawson's iteration). Beyond, the tail itself is below 2e-8.
import { expDouble } from './double.ts';
import { expFloat } from './exp.ts';

type Madd = (a: number, b: number, c: number) => number;

const { fround } = Math;

export interface Normal {
  /** Φ(x), the share below x. */
  cumulative: number;
  /** φ(x) = e^(−x²/2)/√(2π). */
  density: number;
}

/** Exponents of e^(−x²/2) below this give +0. */
export const NORMAL_LOWEST = -87;
export const NORMAL_HIGHEST = 5.5;
/** 1/√(2π). */
export const NORMAL_PEAK = fround(0.3989422804014327);
/** Of (1 − Φ(a))·e^(a²/2), highest power first; the last is Φ(0). */
export const NORMAL_COEFFICIENTS = [
  -2.50999306e-7, 6.436021811e-6, -7.415891671e-5, 5.14771383e-4, -2.45372367e-3, 8.766286781e-3, -2.521488544e-2, 6.175816722e-2,
  -1.327474301e-1, 2.499633767e-1, -3.989402876e-1, 0.5,
].map(fround);

/** Φ and φ of a binary32 value, within 1.1e-7; the density is +0 beyond ±13.2. NaN for NaN. */
export function normalFloat(x: number, madd: Madd): Normal {
  const t = fround(-0.5 * fround(x * x));
  const power = t < NORMAL_LOWEST ? 0 : expFloat(t, madd);
  const a = Math.min(Math.abs(x), NORMAL_HIGHEST);
  let tail = NORMAL_COEFFICIENTS[0]!;
  for (let i = 1; i < NORMAL_COEFFICIENTS.length; i++) tail = madd(tail, a, NORMAL_COEFFICIENTS[i]!);
  tail = fround(power * tail);
  return { cumulative: x < 0 ? tail : fround(1 - tail), density: fround(power * NORMAL_PEAK) };
}

/** The same in double: Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …), whose terms all have one sign. Beyond ±9 the tail is 0. */
export function normalDouble(x: number): Normal {
  if (Number.isNaN(x)) return { cumulative: x, density: x };
  const density = expDouble(-0.5 * x * x) * 0.3989422804014327;
  if (Math.abs(x) > 9) return { cumulative: x < 0 ? 0 : 1, density };
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return { cumulative: 0.5 + density * sum, density };
}
