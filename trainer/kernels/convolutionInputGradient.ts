// 2-d convolution, gradient of its input: per input pixel one chain over the output pixels that saw it, ascending, then over output
// channels (docs/numerics.md). With a stride, pixels fall into stride x stride phases; each phase is a small convolution of its own over
// the output gradient, with the taps that meet it. Weights are packed anew for it, [phase][in/16][taps descending][out][16].
import type { Axis } from '../layers/axis.ts';
import { contraction, evenly } from './contraction.ts';
import { type ConvolutionShape, type Taps, windowChain } from './convolution.ts';
import type { Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, type Rim } from './plane.ts';
import { type BlockStore, overBlocks } from './store.ts';
import { splitRows } from './tiles.ts';
import { turnBlock } from './turn.ts';

/** Pixels along one axis that meet the same taps: first, first + stride, …. */
export interface AxisPhase {
  first: number;
  count: number;
  /** Descending, so that output positions ascend. */
  taps: number[];
  /** Output position that the first pixel meets with the first tap; may lie in the rim. */
  start: number;
  /** Output positions from one tap to the next. */
  step: number;
}

/** The phases of one axis of `size` input pixels. */
export function axisPhases(size: number, { kernel, stride, dilation, before }: Axis): AxisPhase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const positionOf = (tap: number) => (first + before - tap * dilation) / stride;
    const taps = Array.from({ length: kernel }, (_, tap) => kernel - 1 - tap).filter((tap) => Number.isInteger(positionOf(tap)));
    const [start = 0, second = start + 1] = taps.map(positionOf);
    return { first, count: Math.ceil((size - first) / stride), taps, start, step: second - start };
  });
}

/** Output positions before the first and after the last that the gradients of `size` input pixels ask for, which must read as zeros. */
function axisRim(size: number, positions: number, axis: Axis): [before: number, after: number] {
  let [before, after] = [0, 0];
  for (const { start, step, count, taps } of axisPhases(size, axis)) {
    if (taps.length === 0) continue;
    before = Math.max(before, -start);
    after = Math.max(after, start + count - 1 + (taps.length - 1) * step - (positions - 1));
  }
  return [before, after];
}

/** The rim that an output-gradient plane needs, so that positions outside the output join as zeros. */
export function gradientRim({ input, output, down, across }: ConvolutionShape): Rim {
  const [top, bottom] = axisRim(input.height, output.height, down);
  const [left, right] = axisRim(input.width, output.width, across);
  return { top, bottom, left, right };
}

/** A phase of the plane, and where its packed weights begin. */
export interface PlanePhase {
  rows: AxisPhase;
  columns: AxisPhase;
  /** In blocks of 16 floats. */
  weights: number;
}

export function planePhases({ input, output, down, across }: ConvolutionShape): PlanePhase[] {
  let weights = 0;
  return axisPhases(input.height, down).flatMap((rows) =>
    axisPhases(input.width, across).map((columns) => {
      const phase = { rows, columns, weights };
      weights += rows.taps.length * columns.taps.length * output.channels * blocksOf(input.channels);
      return phase;
    }),
  );
}

/** Blocks of 16 floats in the packed weights of all phases. */
export function packedBlocks({ input, output, down, across }: ConvolutionShape): number {
  return down.kernel * across.kernel * output.channels * blocksOf(input.channels);
}

const tapsOf = ({ taps, step }: AxisPhase): Taps => ({ count: taps.length, step });

export interface InputGradientPlanes {
  /** The output gradient's own plane, with its rim. */
  dy: Plane;
  dx: Plane;
  /** What is added to each chain's end, where the input went elsewhere too. */
  addend: Plane | null;
}

/** Kernel (output gradient, packed weights, input gradient, addend, scratch of a tile) for one sample. */
export function convolutionInputGradient(shape: ConvolutionShape, { dy, dx, addend }: InputGradientPlanes, tileRows: number): KernelBody {
  const [rowStride, pixelStride] = [shape.down.stride, shape.across.stride];
  const pixelStep = pixelStride * dx.pixelBytes;
  const added = addend ?? dx;
  return (e, gradient, weights, result, other, scratch) => {
    /** Stores one pixel's block at `to`, after what lies at `from` has been added. */
    const put = (store: BlockStore, to: Pointer, from: Pointer, row: number, sum: Lanes) => {
      if (addend) {
        e.scope(() => {
          const term = e.lanes(BLOCK);
          e.load(term, from, row * pixelStride * added.pixelBytes);
          e.add(term, sum, term);
          store.put(to, row * pixelStep, term);
        });
      } else store.put(to, row * pixelStep, sum);
    };
    for (const { rows: down, columns: across, weights: offset } of planePhases(shape)) {
      const terms = down.taps.length * across.taps.length * dy.channels;
      e.scope(() => {
        const xPhase = e.pointer(gradient, dy.origin + down.start * dy.rowBytes + across.start * dy.pixelBytes);
        const yPhase = e.pointer(result, dx.origin + down.first * dx.rowBytes + across.first * dx.pixelBytes);
        const aPhase = e.pointer(other, added.origin + down.first * added.rowBytes + across.first * added.pixelBytes);
        const w = e.pointer(weights, offset * BLOCK_BYTES);
        overBlocks(e, dx, scratch, (store) => {
          const xRow = e.pointer(xPhase);
          const yRow = e.pointer(yPhase);
          const aRow = e.pointer(aPhase);
          e.loop(down.count, () => {
            const xTile = e.pointer(xRow);
            const yTile = e.pointer(yRow);
            const aTile = e.pointer(aRow);
            for (const { rows, times } of splitRows(across.count, tileRows)) {
              e.loop(times, () => {
                contraction(e, {
                  x: xTile,
                  w,
                  rowOffsets: evenly(rows, dy.pixelBytes),
                  chain: terms === 0 ? [] : windowChain(dy, tapsOf(down), tapsOf(across)),
                  finish: (row, sum) => put(store, yTile, aTile, row, sum),
                });
                store.settle();
                e.step(xTile, rows * dy.pixelBytes);
                e.step(yTile, rows * pixelStep);
                if (addend) e.step(aTile, rows * pixelStride * added.pixelBytes);
              });
            }
            e.step(xRow, dy.rowBytes);
            e.step(yRow, rowStride * dx.rowBytes);
            if (addend) e.step(aRow, rowStride * added.rowBytes);
          });
          e.step(w, terms * BLOCK_BYTES);
          e.step(yPhase, BLOCK_BYTES);
          e.step(aPhase, BLOCK_BYTES);
        });
      });
    }
  };
}

/** Kernel (from, to, count, fromStep, toStep): turns `count` blocks of 16 x 16, from rows of inputs to rows of outputs. */
export const turnBlocks: KernelBody = (e, from, to, count, fromStep, toStep) => {
  e.loop(count, () => {
    turnBlock(e, from, to);
    e.step(from, fromStep);
    e.step(to, toStep);
  });
};
