// Optimizer steps over blocks of packed weights, element by element as docs/numerics.md says, taking the sum of squared gradients in
// passing. What changes from step to step (rates, bias corrections) stands in the arena as constants, rounded once from double.
import { powInt } from '../numbers/power.ts';
import type { Optimizer } from '../recipe.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES } from './plane.ts';

/** How one optimizer works on packed weights. */
export interface OptimizerPlan {
  /** State beside each parameter, in its shape. */
  slots: readonly string[];
  /** What a slot holds before the first step. */
  empty: number;
  /** Whether slots are part of the state before the first step. */
  slotsFromStart: boolean;
  /** A step's constants, the weight decay first; t counts from 1. */
  constants(learningRate: number, t: number): number[];
  /** Kernel (gradient, parameter, constants, rows, squared lanes, slot addresses …) for rows of 16. */
  body: KernelBody;
}

export function planOptimizer(settings: Optimizer): OptimizerPlan {
  return settings.type === 'adam' ? planAdam(settings) : planSgd(settings);
}

/** m = madd(1 − β1, g − m, m), v = madd((1 − β2)·g, g, β2·v), p −= rate·m / madd(√v, 1/√bc2, eps). */
function planAdam({ beta1, beta2, eps, weightDecay }: Extract<Optimizer, { type: 'adam' }>): OptimizerPlan {
  return {
    slots: ['m', 'v'],
    empty: 0,
    slotsFromStart: true,
    constants(learningRate, t) {
      const rate = learningRate / (1 - powInt(beta1, t));
      return [weightDecay, 1 - beta1, beta2, 1 - beta2, rate, 1 / Math.sqrt(1 - powInt(beta2, t)), eps];
    },
    body: overRows(weightDecay !== 0, 7, (e, g, p, [mAt, vAt], [, mixing, keeping, adding, rate, inverseRoot, epsilon]) => {
      const [m, v, term] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
      e.load(m, mAt!, 0);
      e.subtract(term, g, m);
      e.madd(m, mixing!, term, m);
      e.store(mAt!, 0, m);
      e.load(v, vAt!, 0);
      e.times(v, keeping!, v);
      e.times(term, adding!, g);
      e.madd(v, term, g, v);
      e.store(vAt!, 0, v);
      e.squareRoot(v, v);
      e.madd(v, v, inverseRoot!, epsilon!);
      e.times(m, rate!, m);
      e.divide(m, m, v);
      e.subtract(p, p, m);
    }),
  };
}

/** buffer = madd(momentum, buffer, g), at the first step g itself; p = madd(−rate, buffer, p). */
function planSgd({ momentum, weightDecay }: Extract<Optimizer, { type: 'sgd' }>): OptimizerPlan {
  const buffered = momentum !== 0;
  return {
    slots: buffered ? ['momentum'] : [],
    // madd(momentum, −0, g) is g itself, −0 included, so the first step needs no code of its own.
    empty: -0,
    slotsFromStart: false,
    constants: (learningRate) => [weightDecay, momentum, -learningRate],
    body: overRows(weightDecay !== 0, 3, (e, g, p, [bufferAt], [, keeping, negativeRate]) => {
      if (buffered) {
        const buffer = e.lanes(BLOCK);
        e.load(buffer, bufferAt!, 0);
        e.madd(g, keeping!, buffer, g);
        e.store(bufferAt!, 0, g);
      }
      e.madd(p, negativeRate!, g, p);
    }),
  };
}

type RowStep = (e: Emitter, g: Lanes, p: Lanes, slots: readonly Pointer[], constants: readonly Lanes[]) => void;

/** For each row: squares of the gradient as it comes, weight decay, then the optimizer's own step. */
function overRows(decays: boolean, constantCount: number, step: RowStep): KernelBody {
  return (e, gradient, parameter, constants, rows, squares, ...slots) => {
    const [g, p, squared] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    const splats = Array.from({ length: constantCount }, (_, i) => {
      const lanes = e.lanes(BLOCK);
      e.splat(lanes, constants, 4 * i);
      return lanes;
    });
    e.zero(squared);
    e.loop(rows, () => {
      e.load(g, gradient, 0);
      e.load(p, parameter, 0);
      e.madd(squared, g, g, squared);
      if (decays) e.madd(g, splats[0]!, p, g);
      step(e, g, p, slots, splats);
      e.store(parameter, 0, p);
      for (const pointer of [gradient, parameter, ...slots]) e.step(pointer, BLOCK_BYTES);
    });
    e.store(squares, 0, squared);
  };
}

/** Kernel (partial gradients, gradient, blocks of 16, bytes from group to group): `groups` partial sums folded by a pair tree. */
export function foldGroups(groups: number): KernelBody {
  return (e, partials, gradient, count, distance) => {
    e.loop(count, () => {
      const at = e.pointer(partials);
      const fold = (size: number): Lanes => {
        if (size === 1) {
          const leaf = e.lanes(BLOCK);
          e.load(leaf, at, 0);
          e.step(at, distance);
          return leaf;
        }
        const left = fold(size / 2);
        const right = fold(size / 2);
        e.add(left, left, right);
        return left;
      };
      e.store(gradient, 0, fold(groups));
      e.step(partials, BLOCK_BYTES);
      e.step(gradient, BLOCK_BYTES);
    });
  };
}
