// The numbers a reference kernel computes with: binary32 with fused or plain multiply-add, or double.
// Kernels are written once against this interface; only rounding and storage differ.
import type { Arithmetic } from '../recipe.ts';
import { expDouble, logDouble, sigmoidDouble, tanhDouble } from './double.ts';
import { expFloat } from './exp.ts';
import { logFloat } from './log.ts';
import { fusedMadd, strictMadd } from './madd.ts';
import { type Normal, normalDouble, normalFloat } from './normal.ts';
import { sigmoidFloat } from './sigmoid.ts';
import { tanhFloat } from './tanh.ts';

/** A buffer of numbers; each kernel says its shape. */
export type Values = Float32Array | Float64Array;

export interface Numbers {
  readonly name: Arithmetic | 'double';
  /** To the nearest number of this kind. A kernel rounds after each + − × ÷ √ of its own. */
  round(x: number): number;
  /** a·b + c. */
  madd(a: number, b: number, c: number): number;
  exp(x: number): number;
  /** Of normal x > 0. */
  log(x: number): number;
  /** 1/(1 + e^−x). */
  sigmoid(x: number): number;
  tanh(x: number): number;
  /** The standard normal distribution at x. */
  normal(x: number): Normal;
  /** Zeros. */
  allocate(count: number): Values;
}

function float(name: Arithmetic, madd: Numbers['madd']): Numbers {
  return {
    name,
    round: Math.fround,
    madd,
    exp: (x) => expFloat(x, madd),
    log: (x) => logFloat(x, madd),
    sigmoid: (x) => sigmoidFloat(x, madd),
    tanh: (x) => tanhFloat(x, madd),
    normal: (x) => normalFloat(x, madd),
    allocate: (count) => new Float32Array(count),
  };
}

/** Binary32, multiply-add with one rounding. */
export const fused: Numbers = float('fused', fusedMadd);

/** Binary32, multiply-add with two roundings. */
export const strict: Numbers = float('strict', strictMadd);

/** Binary64, plain: for finite differences and comparisons with PyTorch in float64. */
export const double: Numbers = {
  name: 'double',
  round: (x) => x,
  madd: (a, b, c) => a * b + c,
  exp: expDouble,
  log: logDouble,
  sigmoid: sigmoidDouble,
  tanh: tanhDouble,
  normal: normalDouble,
  allocate: (count) => new Float64Array(count),
};

/** The numbers a recipe's arithmetic names. */
export function numbersOf(arithmetic: Arithmetic): Numbers {
  return arithmetic === 'fused' ? fused : strict;
}
