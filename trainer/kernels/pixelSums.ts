// A walk over the pixels of one sample in order, a channel a lane, with sums in four partials by pixel index, folded as
// (p0 + p2) + (p1 + p3) (docs/numerics.md). Batch norm's statistics, its backward sums and the bias gradient of a convolution are choices of
// what is added up.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { type Plane, padded } from './plane.ts';

/** Half a block at a time: two sums in four partials fill half of the registers, and the terms need the rest. */
export const WIDTH = 8;
export const WIDTH_BYTES = 4 * WIDTH;

/** A plane that the walk passes over; squares of `window` x `window` pixels of the walk share one of its pixels. */
export interface Walked {
  /** To pixel (0, 0). */
  pointer: Pointer;
  plane: Plane;
  window: number;
}

export interface PixelWalk {
  /** Of the walk. */
  size: { height: number; width: number };
  walked: readonly Walked[];
  /** Sums a channel. */
  sums: number;
  /** Emits one pixel: `at` each plane's pixel, `place` within its window in window order, terms into one partial of each sum. */
  pixel(at: readonly Pointer[], place: number, partials: readonly Lanes[]): void;
  /** Once, with the folded sums. */
  finish(sums: readonly Lanes[]): void;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
const multiple = (a: number, b: number) => (a / divisor(a, b)) * b;

/** Emits the walk over one half block of channels. The given pointers stay where they are. */
export function overPixels(e: Emitter, { size: { height, width }, walked, sums, pixel, finish }: PixelWalk): void {
  const partials = Array.from({ length: 4 }, () => Array.from({ length: sums }, () => e.lanes(WIDTH)));
  for (const partial of partials) for (const lanes of partial) e.zero(lanes);
  const window = Math.max(...walked.map((one) => one.window));
  const single = window === 1 && walked.every(({ plane }) => plane.contiguous);
  const columns = single ? height * width : width;
  const rows = single ? 1 : height;
  const at = walked.map(({ pointer }) => e.pointer(pointer));

  /** One pixel; `row` and `column` matter only up to where the pattern of partials and windows repeats. */
  const onePixel = (row: number, column: number) => {
    pixel(at, (row % window) * window + (column % window), partials[(row * columns + column) % 4]!);
    walked.forEach((one, i) => {
      if ((column + 1) % one.window === 0) e.step(at[i]!, one.plane.pixelBytes);
    });
  };
  const oneRow = (row: number) => {
    const unrolled = multiple(4, window);
    e.loop(Math.floor(columns / unrolled), () => {
      for (let column = 0; column < unrolled; column++) onePixel(row, column);
    });
    for (let column = columns - (columns % unrolled); column < columns; column++) onePixel(row, column);
    if (single) return;
    walked.forEach((one, i) => {
      const { rowBytes, pixelBytes } = one.plane;
      const down = (row + 1) % one.window === 0 ? rowBytes : 0;
      e.step(at[i]!, down - (columns / one.window) * pixelBytes);
    });
  };
  // The partial that a row begins with repeats after 1, 2 or 4 rows.
  const period = multiple(columns % 4 === 0 ? 1 : columns % 2 === 0 ? 2 : 4, window);
  e.loop(Math.floor(rows / period), () => {
    for (let row = 0; row < period; row++) oneRow(row);
  });
  for (let row = rows - (rows % period); row < rows; row++) oneRow(row);
  for (let sum = 0; sum < sums; sum++) {
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
      e.load(shift, from, 0);
      e.store(moments, 0, shift);
      overPixels(e, {
        size: x,
        walked: [{ pointer: from, plane: x, window: 1 }],
        sums: 2,
        pixel([at], _place, [sum, squares]) {
          e.load(deviation, at!, 0);
          e.subtract(deviation, deviation, shift);
          e.add(sum!, sum!, deviation);
          e.madd(squares!, deviation, deviation, squares!);
        },
        finish([sum, squares]) {
          e.store(moments, channelBytes, sum!);
          e.store(moments, 2 * channelBytes, squares!);
        },
      });
      e.step(from, WIDTH_BYTES);
      e.step(moments, WIDTH_BYTES);
    });
  };
}

/** Kernel (g, sums of channels): sum of g. */
export function pixelTotals(g: Plane): KernelBody {
  return (e, gradient, results) => {
    const value = e.lanes(WIDTH);
    e.step(gradient, g.origin);
    e.loop((padded(g.channels) * 4) / WIDTH_BYTES, () => {
      overPixels(e, {
        size: g,
        walked: [{ pointer: gradient, plane: g, window: 1 }],
        sums: 1,
        pixel([at], _place, [sum]) {
          e.load(value, at!, 0);
          e.add(sum!, sum!, value);
        },
        finish: ([sum]) => e.store(results, 0, sum!),
      });
      e.step(gradient, WIDTH_BYTES);
      e.step(results, WIDTH_BYTES);
    });
  };
}
