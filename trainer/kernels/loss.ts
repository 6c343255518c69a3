// Softmax and cross-entropy of one sample after another: loss and the gradient of the logits, with exp and log from the polynomials of
// docs/numerics.md. Where the largest logit stands (the prediction) is left to the caller.
import { LOG_COEFFICIENTS, LOG_LN2_HIGH, LOG_LN2_LOW, LOG_SQRT_HALF } from '../numbers/log.ts';
import type { Emitter, Lanes, LaneWidth, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { exponential } from './exponential.ts';
import { BLOCK, BLOCK_BYTES, blocksOf } from './plane.ts';

/** Floats of scratch that the kernel needs for `classes` classes. */
export function lossScratch(classes: number): number {
  return (blocksOf(classes) + 2) * BLOCK;
}

/**
 * Kernel (logits, gradient, labels, losses, samples, inverse batch, scratch). Labels are words; logits and gradient have `sampleBytes` from
 * sample to sample. The padding of the gradient is +0.
 */
export function crossEntropy(classes: number, logitBytes: number, gradientBytes: number): KernelBody {
  const blocks = blocksOf(classes);
  const isClass = (block: number) => Array.from({ length: BLOCK }, (_, lane) => (block * BLOCK + lane < classes ? 0xffffffff : 0));
  return (e, logits, gradient, labels, losses, samples, inverse, scratch) => {
    const [value, largest, sum, invBatch, classMask, nothing] = Array.from({ length: 6 }, () => e.lanes(BLOCK)) as Six;
    const single = e.lanes(4);
    const held = e.lanes(BLOCK);
    const constant = (number: number) => {
      e.constant(held, number);
      return held;
    };
    e.splat(invBatch, inverse, 0);
    const fold = e.pointer(scratch, blocks * BLOCK_BYTES);
    e.loop(samples, () => {
      e.constant(largest, Number.NEGATIVE_INFINITY);
      e.constant(nothing, Number.NEGATIVE_INFINITY);
      for (let block = 0; block < blocks; block++) {
        e.load(value, logits, block * BLOCK_BYTES);
        e.words(classMask, isClass(block));
        e.select(value, classMask, value, nothing);
        keepLargest(e, largest, value);
      }
      foldLanes(e, largest, fold, keepLargest);
      e.zero(sum);
      for (let block = 0; block < blocks; block++) {
        e.load(value, logits, block * BLOCK_BYTES);
        e.subtract(value, value, largest);
        e.store(scratch, block * BLOCK_BYTES, value);
        exponential(e, value, constant);
        e.words(classMask, isClass(block));
        e.and(value, value, classMask);
        e.store(gradient, block * BLOCK_BYTES, value);
        e.add(sum, sum, value);
      }
      foldLanes(e, sum, fold, (emitter, to, other) => emitter.add(to, to, other));
      for (let block = 0; block < blocks; block++) {
        e.load(value, gradient, block * BLOCK_BYTES);
        e.divide(value, value, sum);
        e.times(value, value, invBatch);
        e.words(classMask, isClass(block));
        e.and(value, value, classMask);
        e.store(gradient, block * BLOCK_BYTES, value);
      }
      // The label's own place: loss = log(sum) − (z − m), gradient less 1/N. Lanes beyond the first are put back as they were.
      const label = e.pointer(0);
      e.loadWord(label, labels, 0);
      e.multiply(label, label, 4);
      const shifted = e.pointer(scratch);
      e.step(shifted, label);
      const own = e.pointer(gradient);
      e.step(own, label);
      e.scope(() => {
        const [total, product, labelled] = [e.lanes(4), e.lanes(4), e.lanes(4)];
        e.splat(total, fold, 0);
        logarithm(e, total);
        e.splat(labelled, shifted, 0);
        e.subtract(total, total, labelled);
        e.store(fold, 0, total);
        e.copyFloat(losses, 0, fold, 0);
        e.splat(single, inverse, 0);
        e.splat(product, own, 0);
        e.subtract(product, product, single);
        e.store(fold, 0, product);
        e.copyFloat(own, 0, fold, 0);
      });
      e.step(logits, logitBytes);
      e.step(gradient, gradientBytes);
      e.step(labels, 4);
      e.step(losses, 4);
    });
  };
}

type Six = [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];

/** to = other > to or other is NaN ? other : to. */
function keepLargest(e: Emitter, to: Lanes, other: Lanes): void {
  e.scope(() => {
    const [larger, unordered] = [e.lanes(to.width), e.lanes(to.width)];
    e.less(larger, to, other);
    e.notEqual(unordered, other, other);
    e.or(larger, larger, unordered);
    e.select(to, larger, other, to);
  });
}

/** Folds 16 lanes by halves, through two lines of scratch; all lanes of `value`, and the first float of `scratch`, get the result. */
function foldLanes(e: Emitter, value: Lanes, scratch: Pointer, combine: (e: Emitter, to: Lanes, other: Lanes) => void): void {
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
function logarithm(e: Emitter, x: Lanes): void {
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
