// What a kernel rule is: one optimizer's step over blocks of packed weights, element by element as docs/numerics.md says. What changes from
// step to step (rates, bias corrections) stands in the arena as constants, rounded once from double.
import type { Emitter, Lanes, Pointer } from '../emit/emitter.ts';
import type { KernelBody } from '../emit/kernels.ts';
import { BLOCK, BLOCK_BYTES } from '../plane.ts';

/** A step as the constants of a rule depend on it. */
export interface RuleStep {
  /** The parameter's own. */
  learningRate: number;
  /** From 1. */
  t: number;
  /** Whether slots that are not there from the start are still empty. */
  fresh: boolean;
}

export interface KernelRule {
  /** The same for rules with the same code. */
  code: string;
  /** State beside each parameter, in its shape. */
  slots: readonly string[];
  /** What a slot holds before the first step. */
  empty: number;
  /** Whether slots are part of the state before the first step. */
  slotsFromStart: boolean;
  /** Number of `constants`; at most 16. */
  constantCount: number;
  constants(step: RuleStep): number[];
  /** Place among the constants of a weight decay that is added to the gradient; null without. */
  decay: number | null;
  /** What becomes of one block of 16 weights, whose gradient has been clipped and decayed. */
  row: RowStep;
}

/** g and p are those of the block and may be overwritten; p is stored afterwards, slots are the rule's to load and to store. */
export type RowStep = (e: Emitter, g: Lanes, p: Lanes, slots: readonly Pointer[], constants: readonly Lanes[]) => void;

/** What is done with a gradient before a rule takes it. */
export interface Passage {
  /** Whether its squares are taken in passing; otherwise they were taken before, and it is scaled by a factor that they decide. */
  takesSquares: boolean;
  /** Largest magnitude of an element; null without. */
  limit: number | null;
}

export function passageName({ takesSquares, limit }: Passage): string {
  return `${takesSquares ? 'squares' : 'scaled'}${limit === null ? '' : `, at most ${limit}`}`;
}

/**
 * Kernel (gradient, parameter, constants, rows, place of squares or of the factor, slot addresses …) for `rows` blocks of 16: squares of the
 * gradient as it comes, clipping, weight decay, then the rule's own step.
 */
export function overRows(rule: KernelRule, passage: Passage): KernelBody {
  return (e, gradient, parameter, constants, rows, place, ...slots) => {
    const [g, p] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const splats = splatConstants(e, constants, rule.constantCount);
    const pass = passOn(e, place, passage);
    e.loop(rows, () => {
      e.load(g, gradient, 0);
      e.load(p, parameter, 0);
      pass.row(g);
      if (rule.decay !== null) e.madd(g, splats[rule.decay]!, p, g);
      rule.row(e, g, p, slots, splats);
      e.store(parameter, 0, p);
      for (const pointer of [gradient, parameter, ...slots]) e.step(pointer, BLOCK_BYTES);
    });
    pass.end();
  };
}

export function splatConstants(e: Emitter, constants: Pointer, count: number): Lanes[] {
  return Array.from({ length: count }, (_, i) => {
    const lanes = e.lanes(BLOCK);
    e.splat(lanes, constants, 4 * i);
    return lanes;
  });
}

/** The part of a kernel that sees each block of a gradient first. */
export function passOn(e: Emitter, place: Pointer, { takesSquares, limit }: Passage): { row(g: Lanes): void; end(): void } {
  const lanes = e.lanes(BLOCK);
  if (takesSquares) e.zero(lanes);
  else e.splat(lanes, place, 0);
  const bounds = limit === null ? null : ([e.uniform(BLOCK, -limit), e.uniform(BLOCK, limit)] as const);
  return {
    row(g) {
      if (takesSquares) e.madd(lanes, g, g, lanes);
      else e.times(g, g, lanes);
      if (bounds === null) return;
      e.pseudoMax(g, g, bounds[0]);
      e.pseudoMin(g, g, bounds[1]);
    },
    end() {
      if (takesSquares) e.store(place, 0, lanes);
    },
  };
}

/** Kernel (values, rows, place of the lanes): squares of `rows` blocks of 16, a lane a column. */
export const squareLanes: KernelBody = (e, values, rows, place) => {
  const [g, squared] = [e.lanes(BLOCK), e.lanes(BLOCK)];
  e.zero(squared);
  e.loop(rows, () => {
    e.load(g, values, 0);
    e.madd(squared, g, g, squared);
    e.step(values, BLOCK_BYTES);
  });
  e.store(place, 0, squared);
};
