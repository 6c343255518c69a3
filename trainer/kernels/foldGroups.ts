// Folding what sample groups have gathered of a weight gradient.
import type { Lanes } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES } from './plane.ts';

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
