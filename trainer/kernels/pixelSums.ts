// Sums over the pixels of one sample, a channel a lane: four partials by pixel index, folded as (p0 + p2) + (p1 + p3) (docs/numerics.md).
// Batch norm's statistics, its backward sums and the bias gradient of a convolution are three choices of what is added up.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { type Plane, padded } from './plane.ts';

/** Half a block at a time: two sums in four partials fill half of the registers, and the terms need the rest. */
const WIDTH = 8;
const WIDTH_BYTES = 4 * WIDTH;

interface Sums {
  /** What is read, pixel by pixel; pointers that walk together. */
  planes: readonly Plane[];
  /** Sums a channel. */
  count: number;
  /** Emits one pixel's terms into one partial of each sum. */
  advance: (partials: readonly Lanes[]) => void;
}

/** Emits the walk over all pixels and folds; `at` are the pointers to pixel 0 of each plane. Leaves the folded sums in partial 0 of each. */
function sumPixels(e: Emitter, at: readonly Pointer[], { planes, count, advance }: Sums, finish: (sums: readonly Lanes[]) => void): void {
  const partials = Array.from({ length: 4 }, () => Array.from({ length: count }, () => e.lanes(WIDTH)));
  for (const partial of partials) for (const lanes of partial) e.zero(lanes);
  const { height, width } = planes[0]!;
  const contiguous = planes.every((plane) => plane.contiguous);
  const rowPixels = contiguous ? height * width : width;
  const rows = contiguous ? 1 : height;
  const pixel = (index: number) => {
    advance(partials[index % 4]!);
    at.forEach((pointer, i) => {
      e.step(pointer, planes[i]!.pixelBytes);
    });
  };
  const row = (firstPixel: number) => {
    e.loop(Math.floor(rowPixels / 4), () => {
      for (let i = 0; i < 4; i++) pixel(firstPixel + i);
    });
    for (let i = rowPixels - (rowPixels % 4); i < rowPixels; i++) pixel(firstPixel + i);
    at.forEach((pointer, i) => {
      const { rowBytes, pixelBytes } = planes[i]!;
      if (!contiguous) e.step(pointer, rowBytes - width * pixelBytes);
    });
  };
  // The partial that a row begins with repeats after 1, 2 or 4 rows.
  const period = rowPixels % 4 === 0 ? 1 : rowPixels % 2 === 0 ? 2 : 4;
  e.loop(Math.floor(rows / period), () => {
    for (let i = 0; i < period; i++) row(i * rowPixels);
  });
  for (let i = 0; i < rows % period; i++) row(i * rowPixels);
  for (let sum = 0; sum < count; sum++) {
    e.add(partials[0]![sum]!, partials[0]![sum]!, partials[2]![sum]!);
    e.add(partials[1]![sum]!, partials[1]![sum]!, partials[3]![sum]!);
    e.add(partials[0]![sum]!, partials[0]![sum]!, partials[1]![sum]!);
  }
  finish(partials[0]!);
}

/** Kernel (x, moments of 3 x channels): shift (the first pixel's value), sum of x − shift, sum of its squares. */
export function pixelMoments(x: Plane): KernelBody {
  const channelBytes = padded(x.channels) * 4;
  return (e, from, moments) => {
    const shift = e.lanes(WIDTH);
    const deviation = e.lanes(WIDTH);
    e.step(from, x.origin);
    e.loop(channelBytes / WIDTH_BYTES, () => {
      const at = e.pointer(from);
      e.load(shift, at, 0);
      e.store(moments, 0, shift);
      const sums: Sums = {
        planes: [x],
        count: 2,
        advance: ([sum, squares]) => {
          e.load(deviation, at, 0);
          e.subtract(deviation, deviation, shift);
          e.add(sum!, sum!, deviation);
          e.madd(squares!, deviation, deviation, squares!);
        },
      };
      sumPixels(e, [at], sums, ([sum, squares]) => {
        e.store(moments, channelBytes, sum!);
        e.store(moments, 2 * channelBytes, squares!);
      });
      e.step(from, WIDTH_BYTES);
      e.step(moments, WIDTH_BYTES);
    });
  };
}

/** Kernel (g, x, mean, sums of 2 x channels): sum of g, sum of g·(x − mean). */
export function pixelProducts(g: Plane, x: Plane): KernelBody {
  const channelBytes = padded(x.channels) * 4;
  return (e, gradient, from, means, results) => {
    const mean = e.lanes(WIDTH);
    const value = e.lanes(WIDTH);
    const factor = e.lanes(WIDTH);
    e.step(gradient, g.origin);
    e.step(from, x.origin);
    e.loop(channelBytes / WIDTH_BYTES, () => {
      const gAt = e.pointer(gradient);
      const xAt = e.pointer(from);
      e.load(mean, means, 0);
      const sums: Sums = {
        planes: [g, x],
        count: 2,
        advance: ([sum, products]) => {
          e.load(value, gAt, 0);
          e.load(factor, xAt, 0);
          e.subtract(factor, factor, mean);
          e.add(sum!, sum!, value);
          e.madd(products!, value, factor, products!);
        },
      };
      sumPixels(e, [gAt, xAt], sums, ([sum, products]) => {
        e.store(results, 0, sum!);
        e.store(results, channelBytes, products!);
      });
      for (const pointer of [gradient, from, means, results]) e.step(pointer, WIDTH_BYTES);
    });
  };
}

/** Kernel (g, sums of channels): sum of g. */
export function pixelTotals(g: Plane): KernelBody {
  return (e, gradient, results) => {
    const value = e.lanes(WIDTH);
    e.step(gradient, g.origin);
    e.loop((padded(g.channels) * 4) / WIDTH_BYTES, () => {
      const at = e.pointer(gradient);
      const sums: Sums = {
        planes: [g],
        count: 1,
        advance: ([sum]) => {
          e.load(value, at, 0);
          e.add(sum!, sum!, value);
        },
      };
      sumPixels(e, [at], sums, ([sum]) => e.store(results, 0, sum!));
      e.step(gradient, WIDTH_BYTES);
      e.step(results, WIDTH_BYTES);
    });
  };
}
