// The logistic function on binary32 from + − ÷ and exp, so that every backend gives the same bits (docs/numerics.md, "σ").
import { EXP_LOWEST, expFloat } from './exp.ts';

type Madd = (a: number, b: number, c: number) => number;

const { fround } = Math;

/** 1/(1 + e^−x) of a binary32 value, within 4 ULP; +0 below −87, and NaN for NaN. */
export function sigmoidFloat(x: number, madd: Madd): number {
  return x < EXP_LOWEST ? 0 : fround(1 / fround(expFloat(-x, madd) + 1));
}
