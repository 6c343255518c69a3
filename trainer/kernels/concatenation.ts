// Channels of one plane within another: how branches come to stand side by side, and how gradients come apart again.
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, type Plane } from './plane.ts';

/**
 * Kernel (x, y) for one sample: `count` channels of every pixel, from channel `from` of one plane to channel `to` of the other. Not a channel
 * more is written, as the next ones may be another branch's.
 */
export function copyChannels(x: Plane, y: Plane, { from, to, count }: { from: number; to: number; count: number }): KernelBody {
  return (e, source, target) => {
    const registers = ([16, 8, 4] as const).map((width) => e.lanes(width));
    e.step(source, x.origin + from * 4);
    e.step(target, y.origin + to * 4);
    e.loop(x.height, () => {
      const [row, rowTarget] = [e.pointer(source), e.pointer(target)];
      e.loop(x.width, () => {
        const [at, atTarget] = [e.pointer(row), e.pointer(rowTarget)];
        const move = (floats: number, copy: () => void) => {
          copy();
          e.step(at, floats * 4);
          e.step(atTarget, floats * 4);
        };
        for (const value of registers) {
          const left = value.width === BLOCK ? count : count % (2 * value.width);
          e.loop(Math.floor(left / value.width), () =>
            move(value.width, () => {
              e.load(value, at, 0);
              e.store(atTarget, 0, value);
            }),
          );
        }
        e.loop(count % 4, () => move(1, () => e.copyFloat(atTarget, 0, at, 0)));
        e.step(row, x.pixelBytes);
        e.step(rowTarget, y.pixelBytes);
      });
      e.step(source, x.rowBytes);
      e.step(target, y.rowBytes);
    });
  };
}
