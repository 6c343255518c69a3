// 2-d convolution, gradient of its weights: per weight one chain over output rows and columns, continued from sample to sample of a
// group (docs/numerics.md). The result lies as the weights do, [out/16][kernel row][kernel column · in][16].
import { contraction, evenly } from './contraction.ts';
import { type ConvolutionShape, cornerOf, terms } from './convolution.ts';
import type { Emitter, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';
import { splitRows } from './tiles.ts';

/** Up to this many weights an output, every tile gets its own code and may cross kernel rows: fuller tiles for 1 and 3 channels. */
const UNROLLED_TERMS = 48;

/** Kernel (input plane, output gradient, sums so far) for one sample. `dy` is the gradient's own plane with its rim. */
export function convolutionWeightGradient(shape: ConvolutionShape, dy: Plane, tileRows: number): KernelBody {
  const { input, down, across } = shape;
  const chain = [
    { count: dy.height, xStep: down.stride * input.rowBytes, wStep: dy.rowBytes },
    { count: dy.width, xStep: across.stride * input.pixelBytes, wStep: dy.pixelBytes },
  ];
  const tile = (e: Emitter, x: Pointer, gradient: Pointer, sums: Pointer, rowOffsets: number[]) => {
    contraction(e, {
      x,
      w: gradient,
      rowOffsets,
      chain,
      start: (row, sum) => e.load(sum, sums, row * BLOCK_BYTES),
      finish: (row, sum) => e.store(sums, row * BLOCK_BYTES, sum),
    });
    e.step(sums, rowOffsets.length * BLOCK_BYTES);
  };

  return (e, x, gradient, sums) => {
    e.step(x, cornerOf(shape));
    e.step(gradient, dy.origin);
    e.loop(blocksOf(dy.channels), () => {
      if (terms(shape) <= UNROLLED_TERMS) {
        const offsets = termOffsets(shape);
        let first = 0;
        for (const { rows, times } of splitRows(offsets.length, tileRows)) {
          for (let i = 0; i < times; i++, first += rows) tile(e, x, gradient, sums, offsets.slice(first, first + rows));
        }
      } else {
        const dense = input.pixelBytes === input.channels * 4 && across.dilation === 1;
        const xRow = e.pointer(x);
        e.loop(down.kernel, () => {
          const xRun = e.pointer(xRow);
          e.loop(dense ? 1 : across.kernel, () => {
            const xTile = e.pointer(xRun);
            for (const { rows, times } of splitRows(dense ? across.kernel * input.channels : input.channels, tileRows)) {
              e.loop(times, () => {
                tile(e, xTile, gradient, sums, evenly(rows, 4));
                e.step(xTile, rows * 4);
              });
            }
            e.step(xRun, across.dilation * input.pixelBytes);
          });
          e.step(xRow, down.dilation * input.rowBytes);
        });
      }
      e.step(gradient, BLOCK_BYTES);
    });
  };
}

/** Bytes from a window's corner to each of its values, in the chain's order. */
function termOffsets({ input, down, across }: ConvolutionShape): number[] {
  const rows = evenly(down.kernel, down.dilation * input.rowBytes);
  const columns = evenly(across.kernel, across.dilation * input.pixelBytes);
  return rows.flatMap((row) => columns.flatMap((column) => evenly(input.channels, 4).map((channel) => row + column + channel)));
}
