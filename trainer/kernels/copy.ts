// Moving one sample between layouts: from padded pixels to a dense vector behind a flatten, and back; or onto a plane with a rim.
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

/** Kernel (x, y) for one sample: whole pixels from one plane's layout to another's, in ascending order. */
export function copyPlane(x: Plane, y: Plane): KernelBody {
  return (e, from, to) => {
    const value = e.lanes(BLOCK);
    e.step(from, x.origin);
    e.step(to, y.origin);
    e.loop(x.height, () => {
      const [fromAt, toAt] = [e.pointer(from), e.pointer(to)];
      e.loop(x.width, () => {
        // A block that runs past a dense pixel is overwritten by the next pixel; the plane's slack takes the last one.
        const [fromBlock, toBlock] = [e.pointer(fromAt), e.pointer(toAt)];
        e.loop(blocksOf(x.channels), () => {
          e.load(value, fromBlock, 0);
          e.store(toBlock, 0, value);
          e.step(fromBlock, BLOCK_BYTES);
          e.step(toBlock, BLOCK_BYTES);
        });
        e.step(fromAt, x.pixelBytes);
        e.step(toAt, y.pixelBytes);
      });
      e.step(from, x.rowBytes);
      e.step(to, y.rowBytes);
    });
  };
}
