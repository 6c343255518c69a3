// exp of docs/numerics.md, lane by lane.
import { EXP_COEFFICIENTS, EXP_HIGHEST, EXP_LN2_HIGH, EXP_LN2_LOW, EXP_LOG2E, EXP_LOWEST } from '../numbers/exp.ts';
import type { Emitter, Lanes } from './emit/emitter.ts';

/** A register that holds `value` until the next call, or for as long as the kernel keeps it. */
export type ConstantLanes = (value: number) => Lanes;

/** value = exp(value). */
export function exponential(e: Emitter, value: Lanes, constant: ConstantLanes): void {
  e.scope(() => {
    const [n, q, square] = [e.lanes(value.width), e.lanes(value.width), e.lanes(value.width)];
    e.pseudoMax(value, value, constant(EXP_LOWEST));
    e.pseudoMin(value, value, constant(EXP_HIGHEST));
    e.times(n, value, constant(EXP_LOG2E));
    e.nearestEven(n, n);
    e.madd(value, n, constant(-EXP_LN2_HIGH), value);
    e.madd(value, n, constant(-EXP_LN2_LOW), value);
    e.copy(q, constant(EXP_COEFFICIENTS[0]!));
    for (const coefficient of EXP_COEFFICIENTS.slice(1)) e.madd(q, q, value, constant(coefficient));
    e.times(square, value, value);
    e.add(value, value, constant(1));
    e.madd(value, square, q, value);
    // 2^n by its bits: n in the exponent field, added to those of 1.
    e.floatsToWords(n, n);
    e.shiftLeft(n, n, 23);
    e.addWords(n, n, constant(1));
    e.times(value, value, n);
  });
}
