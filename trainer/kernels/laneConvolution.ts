// Convolutions whose channels keep to themselves, or nearly: depthwise ones, and groups of fewer than 16 channels. There is nothing to
// contract over channels, so a lane is an output channel and takes an x of its own: of a depthwise convolution the pixel itself, otherwise
// a pixel spread so that each lane finds its group's channels, one after another (spread.ts). Chains as in docs/numerics.md: rows of the
// kernel, columns, channels of the group. Weights are packed [out/16][kernel row][kernel column · channel of the group][16].
import type { Axis } from '../layers/axis.ts';
import { type ChainLoop, contraction, evenly } from './contraction.ts';
import { type AxisPhase, axisPhases } from './convolutionInputGradient.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';
import { splitRows } from './tiles.ts';

/** Maps with a value a lane, `depth` of them in a pixel, `depthBytes` apart; their channels are the lanes. */
export interface LanePlane extends Plane {
  depth: number;
  depthBytes: number;
}

export interface LaneShape {
  input: LanePlane;
  output: Plane;
  down: Axis;
  across: Axis;
  bias: boolean;
}

/** Rows of an accumulator tile over taps: every tile gets its own code up to this many weights a channel. */
const UNROLLED_TERMS = 48;

function termsOf({ input, down, across }: LaneShape): number {
  return down.kernel * across.kernel * input.depth;
}

/** A plane of its own for every channel, as it stands. */
export function asLanes(plane: Plane): LanePlane {
  return { ...plane, depth: 1, depthBytes: 0 };
}

/** Taps that are walked: steps in pixels of the maps and in taps of the kernel. */
interface TapWalk {
  count: number;
  step: number;
  taps: number;
}

function laneChain(plane: LanePlane, down: TapWalk, across: TapWalk, kernelColumns: number): ChainLoop[] {
  const tapBytes = plane.depth * BLOCK_BYTES;
  const loops = [
    { count: down.count, xStep: down.step * plane.rowBytes, wStep: down.taps * kernelColumns * tapBytes },
    { count: across.count, xStep: across.step * plane.pixelBytes, wStep: across.taps * tapBytes },
  ];
  return plane.depth === 1 ? loops : [...loops, { count: plane.depth, xStep: plane.depthBytes, wStep: BLOCK_BYTES }];
}

/** One plane's rows of pixels, one after another in tiles; the given pointers stay where they are. */
interface Rows {
  rows: number;
  columns: number;
  x: Pointer;
  w: Pointer;
  chain: readonly ChainLoop[];
  /** Steps from pixel to pixel and from row to row, of x and of what is written. */
  from: { pixel: number; row: number };
  to: { pointer: Pointer; pixel: number; row: number }[];
  finish(at: readonly Pointer[], pixel: number, sum: Lanes): void;
}

function overRows(e: Emitter, { rows: height, columns, x, w, chain, from, to, finish }: Rows, tileRows: number): void {
  const xRow = e.pointer(x);
  const toRows = to.map(({ pointer }) => e.pointer(pointer));
  e.loop(height, () => {
    const xTile = e.pointer(xRow);
    const tiles = toRows.map((pointer) => e.pointer(pointer));
    for (const { rows, times } of splitRows(columns, tileRows)) {
      e.loop(times, () => {
        const rowOffsets = evenly(rows, from.pixel);
        contraction(e, { x: xTile, w, rowOffsets, lanewise: true, chain, finish: (row, sum) => finish(tiles, row, sum) });
        e.step(xTile, rows * from.pixel);
        tiles.forEach((pointer, i) => {
          e.step(pointer, rows * to[i]!.pixel);
        });
      });
    }
    e.step(xRow, from.row);
    toRows.forEach((pointer, i) => {
      e.step(pointer, to[i]!.row);
    });
  });
}

/** Kernel (input plane, weights, bias, output plane) for one sample. */
export function laneForward(shape: LaneShape, tileRows: number): KernelBody {
  const { input, output, down, across, bias } = shape;
  const walks = [down, across].map(({ kernel, dilation }) => ({ count: kernel, step: dilation, taps: 1 })) as [TapWalk, TapWalk];
  const chain = laneChain(input, ...walks, across.kernel);
  return (e, x, w, b, y) => {
    const addend = e.lanes(BLOCK);
    e.step(x, input.origin - down.before * input.rowBytes - across.before * input.pixelBytes);
    e.step(y, output.origin);
    e.loop(blocksOf(output.channels), () => {
      const rows: Rows = {
        rows: output.height,
        columns: output.width,
        x,
        w,
        chain,
        from: { pixel: across.stride * input.pixelBytes, row: down.stride * input.rowBytes },
        to: [{ pointer: y, pixel: output.pixelBytes, row: output.rowBytes }],
        finish([at], pixel, sum) {
          if (bias) {
            if (pixel === 0) e.load(addend, b, 0);
            e.add(sum, sum, addend);
          }
          e.store(at!, pixel * output.pixelBytes, sum);
        },
      };
      overRows(e, rows, tileRows);
      e.step(w, termsOf(shape) * BLOCK_BYTES);
      for (const pointer of [x, b, y]) e.step(pointer, BLOCK_BYTES);
    });
  };
}

/** Planes of a gradient on its way back: lanes are input channels, `dy` holds the outputs of each channel's group. */
export interface LaneGradientPlanes {
  dy: LanePlane;
  dx: Plane;
  addend: Plane | null;
}

const walkBack = ({ taps, step }: AxisPhase): TapWalk => ({ count: taps.length, step, taps: (taps[1] ?? taps[0]!) - taps[0]! });

/**
 * Kernel (output gradient, weights, input gradient, addend) for one sample: per input pixel one chain over the output pixels that saw it,
 * ascending, then over the outputs of the group. Weights are packed [in/16][kernel row][kernel column · output of the group][16].
 */
export function laneInputGradient({ down, across }: LaneShape, { dy, dx, addend }: LaneGradientPlanes, tileRows: number): KernelBody {
  const tapBytes = dy.depth * BLOCK_BYTES;
  const added = addend ?? dx;
  const phases = axisPhases(dx.height, down).flatMap((rows) => axisPhases(dx.width, across).map((columns) => ({ rows, columns })));
  return (e, gradient, weights, result, other) => {
    const term = e.lanes(BLOCK);
    e.loop(blocksOf(dx.channels), () => {
      for (const { rows, columns } of phases) {
        e.scope(() => {
          const pixel = across.stride * dx.pixelBytes;
          const otherPixel = across.stride * added.pixelBytes;
          const to = [
            {
              pointer: e.pointer(result, dx.origin + rows.first * dx.rowBytes + columns.first * dx.pixelBytes),
              pixel,
              row: down.stride * dx.rowBytes,
            },
            {
              pointer: e.pointer(other, added.origin + rows.first * added.rowBytes + columns.first * added.pixelBytes),
              pixel: otherPixel,
              row: down.stride * added.rowBytes,
            },
          ];
          const empty = rows.taps.length === 0 || columns.taps.length === 0;
          const firstTap = empty ? 0 : rows.taps[0]! * across.kernel + columns.taps[0]!;
          const walk: Rows = {
            rows: rows.count,
            columns: columns.count,
            x: e.pointer(gradient, dy.origin + rows.start * dy.rowBytes + columns.start * dy.pixelBytes),
            w: e.pointer(weights, firstTap * tapBytes),
            // No tap meets these pixels: a chain of no terms.
            chain: empty ? [] : laneChain(dy, walkBack(rows), walkBack(columns), across.kernel),
            from: { pixel: dy.pixelBytes, row: dy.rowBytes },
            to: addend ? to : to.slice(0, 1),
            finish([at, otherAt], place, sum) {
              if (addend) {
                e.load(term, otherAt!, place * otherPixel);
                e.add(sum, sum, term);
              }
              e.store(at!, place * pixel, sum);
            },
          };
          overRows(e, walk, tileRows);
        });
      }
      e.step(weights, down.kernel * across.kernel * tapBytes);
      for (const pointer of [gradient, result, other]) e.step(pointer, BLOCK_BYTES);
    });
  };
}

/** Kernel (input plane, output gradient, sums so far) for one sample: per weight one chain over output rows and columns. */
export function laneWeightGradient(shape: LaneShape, dy: Plane, tileRows: number): KernelBody {
  const { input, down, across } = shape;
  const chain = [
    { count: dy.height, xStep: down.stride * input.rowBytes, wStep: dy.rowBytes },
    { count: dy.width, xStep: across.stride * input.pixelBytes, wStep: dy.pixelBytes },
  ];
  const rows = evenly(down.kernel, down.dilation * input.rowBytes);
  const columns = evenly(across.kernel, across.dilation * input.pixelBytes);
  const channels = evenly(input.depth, input.depthBytes);
  return (e, x, gradient, sums) => {
    /** Sums of some of the weights. */
    const tiles = (from: Pointer, offsets: readonly number[]) => {
      let first = 0;
      for (const { rows: height, times } of splitRows(offsets.length, tileRows)) {
        for (let i = 0; i < times; i++, first += height) {
          contraction(e, {
            x: from,
            w: gradient,
            rowOffsets: offsets.slice(first, first + height),
            lanewise: true,
            chain,
            start: (row, sum) => e.load(sum, sums, row * BLOCK_BYTES),
            finish: (row, sum) => e.store(sums, row * BLOCK_BYTES, sum),
          });
          e.step(sums, height * BLOCK_BYTES);
        }
      }
    };
    e.step(x, input.origin - down.before * input.rowBytes - across.before * input.pixelBytes);
    e.step(gradient, dy.origin);
    e.loop(blocksOf(dy.channels), () => {
      if (termsOf(shape) <= UNROLLED_TERMS) {
        tiles(
          x,
          rows.flatMap((row) => columns.flatMap((column) => channels.map((channel) => row + column + channel))),
        );
      } else {
        const xRow = e.pointer(x);
        e.loop(down.kernel, () => {
          const xTap = e.pointer(xRow);
          e.loop(across.kernel, () => {
            tiles(xTap, channels);
            e.step(xTap, across.dilation * input.pixelBytes);
          });
          e.step(xRow, down.dilation * input.rowBytes);
        });
      }
      e.step(x, BLOCK_BYTES);
      e.step(gradient, BLOCK_BYTES);
    });
  };
}
