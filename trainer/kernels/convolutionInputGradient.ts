// 2-d convolution, gradient of its input: per input pixel one chain over the output pixels that saw it, ascending, then over output
// channels (docs/numerics.md). With a stride, pixels fall into stride x stride phases; each phase is a small convolution of its own over
// the output gradient, with the taps that meet it. Weights are packed anew for it, [phase][in/16][taps descending][out][16].
import { contraction, evenly } from './contraction.ts';
import { type ConvolutionShape, windowChain } from './convolution.ts';
import type { Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, type Rim } from './plane.ts';
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
}

/** The phases of one axis of `size` input pixels. */
export function axisPhases(size: number, kernel: number, stride: number, padding: number): AxisPhase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const taps = Array.from({ length: kernel }, (_, tap) => kernel - 1 - tap).filter((tap) => (first + padding - tap) % stride === 0);
    return { first, count: Math.ceil((size - first) / stride), taps, start: taps.length === 0 ? 0 : (first + padding - taps[0]!) / stride };
  });
}

/** The rim that an output-gradient plane needs, so that positions outside the output join as zeros. */
export function gradientRim(input: Plane, output: Plane, kernel: number, stride: number, padding: number): Rim {
  const axes = [
    { size: input.height, positions: output.height },
    { size: input.width, positions: output.width },
  ];
  let before = 0;
  let after = 0;
  for (const { size, positions } of axes) {
    for (const { start, count, taps } of axisPhases(size, kernel, stride, padding)) {
      if (taps.length === 0) continue;
      before = Math.max(before, -start);
      after = Math.max(after, start + count - 1 + taps.length - 1 - (positions - 1));
    }
  }
  return { before, after };
}

/** A phase of the plane, and where its packed weights begin. */
export interface PlanePhase {
  rows: AxisPhase;
  columns: AxisPhase;
  /** In blocks of 16 floats. */
  weights: number;
}

export function planePhases({ input, output, kernel, stride, padding }: ConvolutionShape): PlanePhase[] {
  let weights = 0;
  return axisPhases(input.height, kernel, stride, padding).flatMap((rows) =>
    axisPhases(input.width, kernel, stride, padding).map((columns) => {
      const phase = { rows, columns, weights };
      weights += rows.taps.length * columns.taps.length * output.channels * blocksOf(input.channels);
      return phase;
    }),
  );
}

/** Blocks of 16 floats in the packed weights of all phases. */
export function packedBlocks(shape: ConvolutionShape): number {
  return shape.kernel * shape.kernel * shape.output.channels * blocksOf(shape.input.channels);
}

export interface InputGradientPlanes {
  /** The output gradient's own plane, with its rim. */
  dy: Plane;
  dx: Plane;
  /** What is added to each chain's end, where the input went elsewhere too. */
  addend: Plane | null;
}

/** Kernel (output gradient, packed weights, input gradient, addend) for one sample. */
export function convolutionInputGradient(shape: ConvolutionShape, { dy, dx, addend }: InputGradientPlanes, tileRows: number): KernelBody {
  const { stride } = shape;
  const pixelStep = stride * dx.pixelBytes;
  const added = addend ?? dx;
  return (e, gradient, weights, result, other) => {
    /** Stores one pixel's block at `to`, after what lies at `from` has been added. */
    const put = (to: Pointer, from: Pointer, row: number, sum: Lanes) => {
      if (addend) {
        e.scope(() => {
          const term = e.lanes(BLOCK);
          e.load(term, from, row * stride * added.pixelBytes);
          e.add(term, sum, term);
          e.store(to, row * pixelStep, term);
        });
      } else e.store(to, row * pixelStep, sum);
    };
    for (const { rows: down, columns: across, weights: offset } of planePhases(shape)) {
      const terms = down.taps.length * across.taps.length * dy.channels;
      e.scope(() => {
        const xPhase = e.pointer(gradient, dy.origin + down.start * dy.rowBytes + across.start * dy.pixelBytes);
        const yPhase = e.pointer(result, dx.origin + down.first * dx.rowBytes + across.first * dx.pixelBytes);
        const aPhase = e.pointer(other, added.origin + down.first * added.rowBytes + across.first * added.pixelBytes);
        const w = e.pointer(weights, offset * BLOCK_BYTES);
        const nothing = e.lanes(BLOCK);
        if (terms === 0) e.zero(nothing);
        e.loop(blocksOf(dx.channels), () => {
          const xRow = e.pointer(xPhase);
          const yRow = e.pointer(yPhase);
          const aRow = e.pointer(aPhase);
          e.loop(down.count, () => {
            const xTile = e.pointer(xRow);
            const yTile = e.pointer(yRow);
            const aTile = e.pointer(aRow);
            for (const { rows, times } of splitRows(across.count, tileRows)) {
              e.loop(times, () => {
                if (terms === 0) for (let row = 0; row < rows; row++) put(yTile, aTile, row, nothing);
                else {
                  contraction(e, {
                    x: xTile,
                    w,
                    rowOffsets: evenly(rows, dy.pixelBytes),
                    chain: windowChain(dy, down.taps.length, across.taps.length),
                    finish: (row, sum) => put(yTile, aTile, row, sum),
                  });
                }
                e.step(xTile, rows * dy.pixelBytes);
                e.step(yTile, rows * pixelStep);
                if (addend) e.step(aTile, rows * stride * added.pixelBytes);
              });
            }
            e.step(xRow, dy.rowBytes);
            e.step(yRow, stride * dx.rowBytes);
            if (addend) e.step(aRow, stride * added.rowBytes);
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
