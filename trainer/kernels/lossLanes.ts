// What losses share lane by lane: the largest logit, folds of sixteen lanes, the logarithm of docs/numerics.md.
import { LOG_COEFFICIENTS, LOG_LN2_HIGH, LOG_LN2_LOW, LOG_SQRT_HALF } from '../numbers/log.ts';
import type { Emitter, Lanes, LaneWidth, Pointer } from './emit/emitter.ts';
import { BLOCK } from './plane.ts';

/** to = other > to or other is NaN ? other : to. */
export function keepLargest(e: Emitter, to: Lanes, other: Lanes): void {
  e.scope(() => {
    const [larger, unordered] = [e.lanes(to.width), e.lanes(to.width)];
    e.less(larger, to, other);
    e.notEqual(unordered, other, other);
    e.or(larger, larger, unordered);
    e.select(to, larger, other, to);
  });
}

/** Adds another register, for folding. */
export const addLanes = (e: Emitter, to: Lanes, other: Lanes): void => e.add(to, to, other);

/** Masks of the lanes of a block that stand for classes. */
export const classLanes = (classes: number, block: number): number[] =>
  Array.from({ length: BLOCK }, (_, lane) => (block * BLOCK + lane < classes ? 0xffffffff : 0));

/** Folds 16 lanes by halves, through two lines of scratch; all lanes of `value`, and the first float of `scratch`, get the result. */
export function foldLanes(e: Emitter, value: Lanes, scratch: Pointer, combine: (e: Emitter, to: Lanes, other: Lanes) => void): void {
  e.scope(() => {
    e.store(scratch, 0, value);
    for (const half of [8, 4, 2, 1]) {
      const width: LaneWidth = half === 8 ? 8 : 4;
      const [low, high] = [e.lanes(width), e.lanes(width)];
      e.load(low, scratch, 0);
      e.load(high, scratch, 4 * half);
      combine(e, low, high);
      e.store(scratch, 0, low);
    }
    e.splat(value, scratch, 0);
  });
}

/** x = log(x) for normal x > 0, +∞ and NaN; 4 lanes. */
export function logarithm(e: Emitter, x: Lanes): void {
  e.scope(() => {
    const lanes = () => e.lanes(4);
    const [constant, f, exponent, mask, z, q, y, other] = Array.from({ length: 8 }, lanes) as Eight;
    e.shiftRight(exponent, x, 23);
    e.words(constant, [126]);
    e.subtractWords(exponent, exponent, constant);
    e.wordsToFloats(exponent, exponent);
    e.words(constant, [0x7fffff]);
    e.and(f, x, constant);
    e.words(constant, [0x3f000000]);
    e.or(f, f, constant);
    // Below √½: e − 1 and f·2.
    e.constant(constant, LOG_SQRT_HALF);
    e.less(mask, f, constant);
    e.constant(constant, 1);
    e.and(other, constant, mask);
    e.subtract(exponent, exponent, other);
    e.and(other, f, mask);
    e.add(f, f, other);
    e.subtract(f, f, constant);
    e.times(z, f, f);
    e.constant(q, LOG_COEFFICIENTS[0]!);
    for (const coefficient of LOG_COEFFICIENTS.slice(1)) {
      e.constant(constant, coefficient);
      e.madd(q, q, f, constant);
    }
    e.times(y, f, z);
    e.times(y, y, q);
    e.constant(constant, LOG_LN2_LOW);
    e.madd(y, exponent, constant, y);
    e.constant(constant, -0.5);
    e.madd(y, constant, z, y);
    e.add(y, f, y);
    e.constant(constant, LOG_LN2_HIGH);
    e.madd(y, exponent, constant, y);
    // NaN and +∞ stay what they are: x − x is 0 for finite x only.
    e.subtract(other, x, x);
    e.equal(mask, other, other);
    e.select(x, mask, y, x);
  });
}

type Eight = [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];
