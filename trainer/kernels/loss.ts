// Softmax and cross-entropy of labels, one sample after another: loss and the gradient of the logits, with exp and log from the polynomials of
// docs/numerics.md. Where the largest logit stands (the prediction) is left to the caller.
import type { Lanes } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { exponential } from './exponential.ts';
import { addLanes, classLanes, foldLanes, keepLargest, logarithm } from './lossLanes.ts';
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
  const isClass = (block: number) => classLanes(classes, block);
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
      foldLanes(e, sum, fold, addLanes);
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
