// Gradients of a step that takes several batches one after another: sum = madd(batch/images of the step, g, sum), from +0. The gradient of such
// a step is there with its last batch.
import type { Arena } from '../arena.ts';
import type { Kernel, KernelBody, KernelSet } from '../emit/kernels.ts';
import { BLOCK, BLOCK_BYTES } from '../plane.ts';

/** Which of a step's batches is under way; `alone` where it has one only, whose gradient is that of the step. */
export const STAGES = ['alone', 'first', 'middle', 'last'] as const;
export type Stage = (typeof STAGES)[number];

export interface Accumulation {
  /** Before the passes of a batch; `share` is the batch's of the step's images. */
  begin(stage: Stage, share: number): void;
  /** Address of `bytes` bytes for the sum of a gradient. */
  sums(bytes: number): number;
  /** Takes rows of 16 values at `gradient`; whether the step's gradient lies there now. */
  take(gradient: number, sums: number, rows: number): boolean;
}

export function planAccumulation({ arena, kernels }: { arena: Arena; kernels: KernelSet }): Accumulation {
  const [stageAt, shareAt] = [arena.shared(4), arena.shared(4)];
  const kernelOf = (stage: Exclude<Stage, 'alone'>) => kernels.add(`accumulate/${stage}`, 4, accumulate(stage));
  const byStage: (Kernel | null)[] = STAGES.map((stage) => (stage === 'alone' ? null : kernelOf(stage)));
  return {
    begin(stage, share) {
      arena.views.words[stageAt / 4] = STAGES.indexOf(stage);
      arena.views.floats[shareAt / 4] = share;
    },
    sums: (bytes) => arena.shared(bytes),
    take(gradient, sums, rows) {
      const stage = arena.views.words[stageAt / 4]!;
      byStage[stage]?.run(gradient, sums, shareAt, rows);
      return STAGES[stage] === 'alone' || STAGES[stage] === 'last';
    },
  };
}

/** Kernel (gradient, sums, share, rows): with the last batch the sum takes the gradient's place. */
function accumulate(stage: Exclude<Stage, 'alone'>): KernelBody {
  return (e, gradient, sums, share, rows) => {
    const [g, sum, factor] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    e.splat(factor, share!, 0);
    e.loop(rows!, () => {
      e.load(g, gradient!, 0);
      if (stage === 'first') e.zero(sum);
      else e.load(sum, sums!, 0);
      e.madd(sum, factor, g, sum);
      e.store(stage === 'last' ? gradient! : sums!, 0, sum);
      for (const pointer of [gradient!, sums!]) e.step(pointer, BLOCK_BYTES);
    });
  };
}
