// The gradient of a step that takes several batches: that of the mean over all its images.
import type { Numbers, Values } from '../../numbers/numbers.ts';

export interface Accumulation {
  /** By parameter; empty where nothing was added. */
  readonly sums: ReadonlyMap<string, Values>;
  /** Adds the gradients of a batch, each times the batch's share of the step's images: a chain over the batches. */
  add(gradients: ReadonlyMap<string, Values>, batch: number): void;
}

export function createAccumulation({ round, madd, allocate }: Numbers, images: number): Accumulation {
  const sums = new Map<string, Values>();
  return {
    sums,
    add(gradients, batch) {
      const share = round(batch / images);
      for (const [name, gradient] of gradients) {
        const sum = sums.get(name) ?? allocate(gradient.length);
        sums.set(
          name,
          sum.map((value, i) => madd(share, gradient[i]!, value)),
        );
      }
    },
  };
}
