// Losses of targets that are one number a class, one sample after another: the mathematics of reference/targetLosses.ts. Plain cross-entropy of
// labels has a kernel of its own (loss.ts).
import type { LossName } from '../losses/index.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { type ConstantLanes, exponential } from './exponential.ts';
import { addLanes, classLanes, foldLanes, keepLargest, logarithm } from './lossLanes.ts';
import { BLOCK, BLOCK_BYTES, blocksOf } from './plane.ts';

/** Floats of scratch that the kernels need for `classes` classes. */
export function targetLossScratch(classes: number): number {
  return (blocksOf(classes) + 2) * BLOCK;
}

/** One sample: writes the derivatives by the logits, and leaves the sum over the classes in all lanes of `sum`, both before their factors. */
type Sample = (at: { logits: Pointer; targets: Pointer; gradient: Pointer; scratch: Pointer; fold: Pointer }, sum: Lanes) => void;

/**
 * Kernel (logits, gradient, rows, losses, samples, factors, targets, scratch). `rows` are words: which row of the targets is a sample's;
 * `factors` are those of the gradient and of the loss. Logits and gradient have their bytes from sample to sample, targets whole blocks. The
 * padding of the gradient is +0.
 */
export function targetLoss(loss: LossName, classes: number, logitBytes: number, gradientBytes: number): KernelBody {
  const blocks = blocksOf(classes);
  return (e, logits, gradient, rows, losses, samples, factors, targets, scratch) => {
    const [sum, value, mask, ofGradient] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    const ofLoss = e.lanes(4);
    const sample = { crossEntropy, mse, bceWithLogits }[loss](e, classes);
    e.splat(ofGradient, factors, 0);
    e.splat(ofLoss, factors, 4);
    const fold = e.pointer(scratch, blocks * BLOCK_BYTES);
    e.loop(samples, () => {
      const row = e.pointer(0);
      e.loadWord(row, rows, 0);
      e.multiply(row, row, blocks * BLOCK_BYTES);
      e.step(row, targets);
      sample({ logits, targets: row, gradient, scratch, fold }, sum);
      e.scope(() => {
        const total = e.lanes(4);
        e.store(fold, 0, sum);
        e.load(total, fold, 0);
        e.times(total, total, ofLoss);
        e.store(fold, 0, total);
        e.copyFloat(losses, 0, fold, 0);
      });
      for (let block = 0; block < blocks; block++) {
        e.load(value, gradient, block * BLOCK_BYTES);
        e.times(value, value, ofGradient);
        e.words(mask, classLanes(classes, block));
        e.and(value, value, mask);
        e.store(gradient, block * BLOCK_BYTES, value);
      }
      e.step(logits, logitBytes);
      e.step(gradient, gradientBytes);
      e.step(rows, 4);
      e.step(losses, 4);
    });
  };
}

/** A register that holds one constant after another. */
function heldConstant(e: Emitter, width: 4 | 16): ConstantLanes {
  const held = e.lanes(width);
  return (number) => {
    e.constant(held, number);
    return held;
  };
}

function crossEntropy(e: Emitter, classes: number): Sample {
  const blocks = blocksOf(classes);
  const lanes = () => e.lanes(BLOCK);
  const [value, target, largest, sum, total, mask, zero] = [lanes(), lanes(), lanes(), lanes(), lanes(), lanes(), lanes()];
  const [logSum, term] = [lanes(), lanes()];
  const constant = heldConstant(e, BLOCK);
  e.zero(zero);
  const eachBlock = (body: (offset: number) => void) => {
    for (let block = 0; block < blocks; block++) {
      e.words(mask, classLanes(classes, block));
      body(block * BLOCK_BYTES);
    }
  };
  return ({ logits, targets, gradient, scratch, fold }, loss) => {
    e.constant(largest, Number.NEGATIVE_INFINITY);
    eachBlock((offset) => {
      e.load(value, logits, offset);
      e.select(value, mask, value, constant(Number.NEGATIVE_INFINITY));
      keepLargest(e, largest, value);
    });
    foldLanes(e, largest, fold, keepLargest);
    e.zero(sum);
    e.zero(total);
    eachBlock((offset) => {
      e.load(value, logits, offset);
      e.subtract(value, value, largest);
      e.store(scratch, offset, value);
      exponential(e, value, constant);
      e.and(value, value, mask);
      e.store(gradient, offset, value);
      e.add(sum, sum, value);
      e.load(target, targets, offset);
      e.add(total, total, target);
    });
    foldLanes(e, total, fold, addLanes);
    foldLanes(e, sum, fold, addLanes);
    e.scope(() => {
      const four = e.lanes(4);
      e.splat(four, fold, 0);
      logarithm(e, four);
      e.store(fold, 0, four);
      e.splat(logSum, fold, 0);
    });
    e.zero(loss);
    eachBlock((offset) => {
      e.load(target, targets, offset);
      e.load(term, scratch, offset);
      e.subtract(term, logSum, term);
      e.madd(term, target, term, loss);
      e.select(loss, mask, term, loss);
      e.load(value, gradient, offset);
      e.divide(value, value, sum);
      e.subtract(target, zero, target);
      e.madd(value, value, total, target);
      e.store(gradient, offset, value);
    });
    foldLanes(e, loss, fold, addLanes);
  };
}

function mse(e: Emitter, classes: number): Sample {
  const [value, target, mask] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
  return ({ logits, targets, gradient, fold }, loss) => {
    e.zero(loss);
    for (let block = 0; block < blocksOf(classes); block++) {
      e.words(mask, classLanes(classes, block));
      e.load(value, logits, block * BLOCK_BYTES);
      e.load(target, targets, block * BLOCK_BYTES);
      e.subtract(value, value, target);
      e.store(gradient, block * BLOCK_BYTES, value);
      e.madd(target, value, value, loss);
      e.select(loss, mask, target, loss);
    }
    foldLanes(e, loss, fold, addLanes);
  };
}

/** Four lanes at a time, as the logarithm wants it; the sixteen lanes of the sum stand in scratch. */
function bceWithLogits(e: Emitter, classes: number): Sample {
  const lanes = () => e.lanes(4);
  const [z, target, negative, exponent, whole, log, mask, one, zero, term, sum] = Array.from({ length: 11 }, lanes) as Eleven;
  const constant = heldConstant(e, 4);
  e.zero(zero);
  e.constant(one, 1);
  return ({ logits, targets, gradient, scratch, fold }, loss) => {
    e.zero(loss);
    e.store(scratch, 0, loss);
    for (let quarter = 0; quarter < 4 * blocksOf(classes); quarter++) {
      const [offset, lane] = [16 * quarter, 16 * (quarter % 4)];
      e.load(z, logits, offset);
      e.load(target, targets, offset);
      e.subtract(negative, zero, z);
      e.less(mask, z, zero);
      e.select(exponent, mask, z, negative);
      exponential(e, exponent, constant);
      e.add(whole, exponent, one);
      e.select(term, mask, exponent, one);
      e.divide(term, term, whole);
      e.subtract(term, term, target);
      e.store(gradient, offset, term);
      // log(1 + e) without what rounding 1 + e takes away.
      e.copy(log, whole);
      logarithm(e, log);
      e.times(log, log, exponent);
      e.subtract(term, whole, one);
      e.divide(log, log, term);
      e.equal(mask, whole, one);
      e.select(log, mask, exponent, log);
      e.pseudoMax(z, z, zero);
      e.madd(term, negative, target, z);
      e.add(term, term, log);
      e.words(mask, classLanes(classes, Math.floor(quarter / 4)).slice(4 * (quarter % 4), 4 * (quarter % 4) + 4));
      e.load(sum, scratch, lane);
      e.add(term, sum, term);
      e.select(sum, mask, term, sum);
      e.store(scratch, lane, sum);
    }
    e.load(loss, scratch, 0);
    foldLanes(e, loss, fold, addLanes);
  };
}

type Eleven = [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];
