// The exponential moving average of parameters: e = madd(share, p − e, e) after each move, from +0; the share is 1 at the first step.
import type { Arena } from '../arena.ts';
import type { KernelBody, KernelSet } from '../emit/kernels.ts';
import { BLOCK, BLOCK_BYTES } from '../plane.ts';

export interface Averaging {
  /** Before a step; `fresh` where there are no averages yet. */
  begin(fresh: boolean): void;
  /** Takes rows of 16 values that have moved into their average. */
  take(parameter: number, average: number, rows: number): void;
}

export function planAveraging({ arena, kernels }: { arena: Arena; kernels: KernelSet }, decay: number): Averaging {
  const share = arena.shared(4);
  const kernel = kernels.add('average', 4, average);
  return {
    begin(fresh) {
      arena.views.floats[share / 4] = fresh ? 1 : 1 - decay;
    },
    take: (parameter, held, rows) => kernel.run(parameter, held, share, rows),
  };
}

/** Kernel (parameter, average, share, rows). */
const average: KernelBody = (e, parameter, held, share, rows) => {
  const [p, mean, factor] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
  e.splat(factor, share!, 0);
  e.loop(rows!, () => {
    e.load(p, parameter!, 0);
    e.load(mean, held!, 0);
    e.subtract(p, p, mean);
    e.madd(mean, factor, p, mean);
    e.store(held!, 0, mean);
    for (const pointer of [parameter!, held!]) e.step(pointer, BLOCK_BYTES);
  });
};
