// The weight gradient of convolutions over lanes (laneConvolution.ts): per weight one chain over output rows and columns, continued from
// sample to sample of a group (docs/numerics.md). The result lies as the weights do, [out/16][kernel row][kernel column · channel][16].
import { evenly } from './contraction.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { type LaneShape, termsOf } from './laneConvolution.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';
import { splitRows } from './tiles.ts';

/** Half a block at a time, as in laneConvolution.ts. */
const WIDTH = 8;

/** Up to this many weights a channel, every tile of them gets its own code and may cross kernel rows. */
const UNROLLED_TERMS = 48;

/** Rows of the maps that stay in the second cache while one block of lanes after another takes them. */
const NEAR_BYTES = 65_536;

/** Kernel (input plane, output gradient, sums so far) for one sample. */
export function laneWeightGradient(shape: LaneShape, dy: Plane, targetRows: number): KernelBody {
  const { input, down, across } = shape;
  const rows = evenly(down.kernel, down.dilation * input.rowBytes);
  const columns = evenly(across.kernel, across.dilation * input.pixelBytes);
  const channels = evenly(input.depth, input.depthBytes);
  const registers = targetRows > 2 ? 14 : 7;
  const band = Math.min(dy.height, Math.max(1, Math.floor(NEAR_BYTES / (down.stride * input.rowBytes))));
  const xStride = across.stride * input.pixelBytes;
  return (e, x, gradient, sums) => {
    /** Continues the sums of the weights that look at `offsets` by `height` rows. */
    const tile = (from: Pointer, dyFrom: Pointer, to: Pointer, offsets: readonly number[], height: number) =>
      e.scope(() => {
        const accumulators = offsets.map(() => e.lanes(WIDTH));
        accumulators.forEach((sum, i) => {
          e.load(sum, to, i * BLOCK_BYTES);
        });
        const [xRow, dyRow] = [e.pointer(from), e.pointer(dyFrom)];
        e.loop(height, () => {
          const [xAt, dyAt] = [e.pointer(xRow), e.pointer(dyRow)];
          for (const { rows: pixels, times } of pixelRuns(dy.width, registers - offsets.length)) {
            e.loop(times, () => {
              addPixels(e, xAt, dyAt, offsets, accumulators, { pixels, xStride, dyStride: dy.pixelBytes });
              e.step(xAt, pixels * xStride);
              e.step(dyAt, pixels * dy.pixelBytes);
            });
          }
          e.step(xRow, down.stride * input.rowBytes);
          e.step(dyRow, dy.rowBytes);
        });
        accumulators.forEach((sum, i) => {
          e.store(to, i * BLOCK_BYTES, sum);
        });
      });

    /** Some of the weights, in tiles, one behind another. */
    const tiles = (from: Pointer, dyFrom: Pointer, to: Pointer, offsets: readonly number[], height: number) => {
      let first = 0;
      for (const { rows: size, times } of splitRows(offsets.length, registers - 4)) {
        for (let i = 0; i < times; i++, first += size) {
          tile(from, dyFrom, to, offsets.slice(first, first + size), height);
          e.step(to, size * BLOCK_BYTES);
        }
      }
    };
    const someRows = (height: number) => {
      const [xLanes, dyLanes, to] = [e.pointer(x), e.pointer(gradient), e.pointer(sums)];
      e.loop(blocksOf(dy.channels), () => {
        e.loop(BLOCK / WIDTH, () => {
          if (termsOf(shape) <= UNROLLED_TERMS) {
            const offsets = rows.flatMap((row) => columns.flatMap((column) => channels.map((channel) => row + column + channel)));
            tiles(xLanes, dyLanes, to, offsets, height);
          } else {
            const xRow = e.pointer(xLanes);
            e.loop(down.kernel, () => {
              const xTap = e.pointer(xRow);
              e.loop(across.kernel, () => {
                tiles(xTap, dyLanes, to, channels, height);
                e.step(xTap, across.dilation * input.pixelBytes);
              });
              e.step(xRow, down.dilation * input.rowBytes);
            });
          }
          // Back to the block's first weight, and on by half a row.
          e.step(to, 4 * WIDTH - termsOf(shape) * BLOCK_BYTES);
          e.step(xLanes, 4 * WIDTH);
          e.step(dyLanes, 4 * WIDTH);
        });
        e.step(to, (termsOf(shape) - 1) * BLOCK_BYTES);
      });
      e.step(x, height * down.stride * input.rowBytes);
      e.step(gradient, height * dy.rowBytes);
    };
    e.step(x, input.origin - down.before * input.rowBytes - across.before * input.pixelBytes);
    e.step(gradient, dy.origin);
    e.loop(Math.floor(dy.height / band), () => someRows(band));
    if (dy.height % band > 0) e.scope(() => someRows(dy.height % band));
  };
}

/** A row of pixels in runs of as many as `registers` hold beside one x, at most 4. */
function pixelRuns(width: number, registers: number): { rows: number; times: number }[] {
  const most = Math.max(1, Math.min(4, registers));
  const whole = Math.floor(width / most);
  return [
    { rows: most, times: whole },
    { rows: width % most, times: width % most > 0 ? 1 : 0 },
  ].filter(({ times }) => times > 0);
}

/** A few neighbouring pixels of dy: each x that any of the weights meets is loaded once, and every weight meets the pixels in order. */
function addPixels(
  e: Emitter,
  x: Pointer,
  dy: Pointer,
  offsets: readonly number[],
  accumulators: readonly Lanes[],
  { pixels, xStride, dyStride }: { pixels: number; xStride: number; dyStride: number },
): void {
  e.scope(() => {
    const value = e.lanes(WIDTH);
    const gradients = Array.from({ length: pixels }, (_, pixel) => {
      const lanes = e.lanes(WIDTH);
      e.load(lanes, dy, pixel * dyStride);
      return lanes;
    });
    const meetings = new Map<number, { term: number; pixel: number }[]>();
    for (let pixel = 0; pixel < pixels; pixel++) {
      offsets.forEach((offset, term) => {
        const place = offset + pixel * xStride;
        meetings.set(place, [...(meetings.get(place) ?? []), { term, pixel }]);
      });
    }
    for (const [place, met] of [...meetings].sort(([a], [b]) => a - b)) {
      e.load(value, x, place);
      for (const { term, pixel } of met) e.madd(accumulators[term]!, value, gradients[pixel]!, accumulators[term]!);
    }
  });
}
