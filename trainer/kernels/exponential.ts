// exp of docs/numerics.md, lane by lane.
import { EXP_COEFFICIENTS, EXP_HIGHEST, EXP_LN2_HIGH, EXP_LN2_LOW, EXP_LOG2E, EXP_LOWEST } from '../numbers/exp.ts';
import type { Emitter, Lanes, LaneWidth } from './emit/emitter.ts';

/** A register that holds `value` until the next call, or for as long as the kernel keeps it. */
export type ConstantLanes = (value: number) => Lanes;

/**
 * 1.5 · 2²³: added, it leaves no bits for a fraction, so the sum is rounded to the nearest whole number, ties to even, which then stands in
 * its lowest bits. Three per cent faster (GELU) than to round and convert.
 */
export const ROUNDING = 12582912;

/** All constants of `exponential`. */
export const EXPONENTIAL_CONSTANTS = [EXP_LOWEST, EXP_HIGHEST, EXP_LOG2E, -EXP_LN2_HIGH, -EXP_LN2_LOW, ...EXP_COEFFICIENTS, ROUNDING, 1];

/**
 * Registers for these constants, for as long as the kernel runs: taken outside of all loops, because V8 would build them anew where they
 * are used. Zeros are of one sign.
 */
export function keptConstants(e: Emitter, width: LaneWidth, values: readonly number[]): ConstantLanes {
  const kept = new Map<number, Lanes>();
  for (const value of values) if (!kept.has(value)) kept.set(value, e.uniform(width, value));
  return (value) => kept.get(value)!;
}

/** value = exp(value). */
export function exponential(e: Emitter, value: Lanes, constant: ConstantLanes): void {
  e.pseudoMax(value, value, constant(EXP_LOWEST));
  e.pseudoMin(value, value, constant(EXP_HIGHEST));
  exponentialWithin(e, value, constant);
}

/** The same for values within its range, or NaN; others become anything. */
export function exponentialWithin(e: Emitter, value: Lanes, constant: ConstantLanes): void {
  e.scope(() => {
    const [n, bits, q, square] = [e.lanes(value.width), e.lanes(value.width), e.lanes(value.width), e.lanes(value.width)];
    e.times(n, value, constant(EXP_LOG2E));
    e.add(bits, n, constant(ROUNDING));
    e.subtract(n, bits, constant(ROUNDING));
    e.madd(value, n, constant(-EXP_LN2_HIGH), value);
    e.madd(value, n, constant(-EXP_LN2_LOW), value);
    e.copy(q, constant(EXP_COEFFICIENTS[0]!));
    for (const coefficient of EXP_COEFFICIENTS.slice(1)) e.madd(q, q, value, constant(coefficient));
    e.times(square, value, value);
    e.add(value, value, constant(1));
    e.madd(value, square, q, value);
    // 2^n by its bits: n, the lowest of the rounded sum, moved to the exponent field and added to those of 1.
    e.shiftLeft(bits, bits, 23);
    e.addWords(bits, bits, constant(1));
    e.times(value, value, bits);
  });
}
