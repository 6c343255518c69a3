// Adding two gradients of the same values, where nothing else does so in passing; and bringing elements into another order.
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

/** Kernel (a, b, result) for one sample: a + b. */
export function addPlanes(a: Plane, b: Plane, result: Plane): KernelBody {
  const planes = [a, b, result] as const;
  return (e, ...pointers) => {
    const [sum, term] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const at = pointers as [(typeof pointers)[0], (typeof pointers)[0], (typeof pointers)[0]];
    at.forEach((pointer, i) => {
      e.step(pointer, planes[i]!.origin);
    });
    e.loop(a.height, () => {
      const row = at.map((pointer) => e.pointer(pointer));
      e.loop(a.width, () => {
        const [left, right, to] = row.map((pointer) => e.pointer(pointer)) as typeof at;
        e.loop(blocksOf(a.channels), () => {
          e.load(sum, left, 0);
          e.load(term, right, 0);
          e.add(sum, sum, term);
          e.store(to, 0, sum);
          for (const pointer of [left, right, to]) e.step(pointer, BLOCK_BYTES);
        });
        row.forEach((pointer, i) => {
          e.step(pointer, planes[i]!.pixelBytes);
        });
      });
      at.forEach((pointer, i) => {
        e.step(pointer, planes[i]!.rowBytes);
      });
    });
  };
}

/** Kernel (from, to, table, count): element i of `to` is the one of `from` at the byte that word i of the table says. */
export const takeInOrder: KernelBody = (e, from, to, table, count) => {
  e.loop(count, () => {
    const [source, offset] = [e.pointer(from), e.pointer(0)];
    e.loadWord(offset, table, 0);
    e.step(source, offset);
    e.copyFloat(to, 0, source, 0);
    e.step(to, 4);
    e.step(table, 4);
  });
};
