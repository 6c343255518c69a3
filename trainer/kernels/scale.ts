// Maps times one number a channel, and both gradients in one walk: of the maps a product each, of the numbers a sum over the pixels.
import type { KernelBody } from './emit/kernels.ts';
import { overPixels, WIDTH, WIDTH_BYTES } from './pixelSums.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, padded } from './plane.ts';

/** Kernel (x, factors, y) for one sample: y = x·factor, factors being (channels). */
export function scaleForward(x: Plane, y: Plane): KernelBody {
  return (e, from, factors, to) => {
    const [value, factor] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    e.step(from, x.origin);
    e.step(to, y.origin);
    e.loop(blocksOf(x.channels), () => {
      e.load(factor, factors, 0);
      const [row, rowTarget] = [e.pointer(from), e.pointer(to)];
      e.loop(x.height, () => {
        const [at, atTarget] = [e.pointer(row), e.pointer(rowTarget)];
        e.loop(x.width, () => {
          e.load(value, at, 0);
          e.times(value, value, factor);
          e.store(atTarget, 0, value);
          e.step(at, x.pixelBytes);
          e.step(atTarget, y.pixelBytes);
        });
        e.step(row, x.rowBytes);
        e.step(rowTarget, y.rowBytes);
      });
      for (const pointer of [from, factors, to]) e.step(pointer, BLOCK_BYTES);
    });
  };
}

/**
 * Kernel (x, factors, dy, dx, dfactors) for one sample: dx = dy·factor where there is a plane for it, dfactors (channels) the sum of dy·x in
 * four partials by pixel.
 */
export function scaleBackward(x: Plane, dy: Plane, dx: Plane | null): KernelBody {
  return (e, from, factors, gradient, result, sums) => {
    const [value, arriving, factor] = [e.lanes(WIDTH), e.lanes(WIDTH), e.lanes(WIDTH)];
    const planes = [x, dy, ...(dx ? [dx] : [])];
    const pointers = [from, gradient, result];
    planes.forEach((plane, i) => {
      e.step(pointers[i]!, plane.origin);
    });
    e.loop((padded(x.channels) * 4) / WIDTH_BYTES, () => {
      e.load(factor, factors, 0);
      overPixels(e, {
        size: x,
        walked: planes.map((plane, i) => ({ pointer: pointers[i]!, plane, window: 1 })),
        sums: 1,
        pixel([xAt, dyAt, dxAt], _place, [sum]) {
          e.load(value, xAt!, 0);
          e.load(arriving, dyAt!, 0);
          e.madd(sum!, arriving, value, sum!);
          if (!dx) return;
          e.times(arriving, arriving, factor);
          e.store(dxAt!, 0, arriving);
        },
        finish: ([sum]) => e.store(sums, 0, sum!),
      });
      for (const pointer of [from, factors, gradient, result, sums]) e.step(pointer, WIDTH_BYTES);
    });
  };
}
