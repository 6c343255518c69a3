// 2-d convolution, forward: one chain per output over kernel rows, kernel columns, input channels, then + bias (docs/numerics.md).
// Weights are packed [out/16][kernel row][kernel column · in][16]; the input plane has its zero rim, so padding needs no code.
import { type ChainLoop, contraction, evenly } from './contraction.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';
import { splitRows } from './tiles.ts';

export interface ConvolutionShape {
  input: Plane;
  output: Plane;
  kernel: number;
  stride: number;
  padding: number;
  bias: boolean;
}

/** Terms of one output's chain. */
export function terms({ input, kernel }: ConvolutionShape): number {
  return kernel * kernel * input.channels;
}

/** Loops over a window of `taps` x `taps` pixels and all channels; a row of dense pixels is one run. */
export function windowChain(plane: Plane, rows: number, columns: number): ChainLoop[] {
  const run = columns * plane.channels;
  const down: ChainLoop = { count: rows, xStep: plane.rowBytes, wStep: run * BLOCK_BYTES };
  if (plane.pixelBytes === plane.channels * 4) return [down, { count: run, xStep: 4, wStep: BLOCK_BYTES }];
  return [
    down,
    { count: columns, xStep: plane.pixelBytes, wStep: plane.channels * BLOCK_BYTES },
    { count: plane.channels, xStep: 4, wStep: BLOCK_BYTES },
  ];
}

/** Weights up to this size stay in the nearest cache from row to row, beside the rows that are read. */
const NEAR_BYTES = 20_480;

/** Kernel (input plane, weights, bias, output plane) for one sample. */
export function convolutionForward(shape: ConvolutionShape, tileRows: number): KernelBody {
  const { input, output, kernel, stride, padding, bias } = shape;
  const corner = input.origin - padding * (input.rowBytes + input.pixelBytes);
  const chain = windowChain(input, kernel, kernel);
  const blocks = blocksOf(output.channels);
  const blockBytes = terms(shape) * BLOCK_BYTES;
  return (e, x, w, b, y) => {
    const addend = e.lanes(BLOCK);
    e.step(x, corner);
    e.step(y, output.origin);

    /** One row of one block of channels. */
    const rowOfBlock = () => {
      const xTile = e.pointer(x);
      const yTile = e.pointer(y);
      for (const { rows, times } of splitRows(output.width, tileRows)) {
        e.loop(times, () => {
          contraction(e, {
            x: xTile,
            w,
            rowOffsets: evenly(rows, stride * input.pixelBytes),
            chain,
            finish: (row, sum) => {
              if (bias) {
                if (row === 0) e.load(addend, b, 0);
                e.add(sum, sum, addend);
              }
              e.store(yTile, row * output.pixelBytes, sum);
            },
          });
          e.step(xTile, rows * stride * input.pixelBytes);
          e.step(yTile, rows * output.pixelBytes);
        });
      }
    };
    const nextRow = (times = 1) => {
      e.step(x, times * stride * input.rowBytes);
      e.step(y, times * output.rowBytes);
    };
    const nextBlock = (times = 1) => {
      e.step(w, times * blockBytes);
      e.step(b, times * BLOCK_BYTES);
      e.step(y, times * BLOCK_BYTES);
    };

    // Small weights: whole pixels are written at once. Large ones: a block of weights serves the whole plane.
    if (blocks * blockBytes <= NEAR_BYTES) {
      e.loop(output.height, () => {
        e.loop(blocks, () => {
          rowOfBlock();
          nextBlock();
        });
        nextBlock(-blocks);
        nextRow();
      });
    } else {
      e.loop(blocks, () => {
        e.loop(output.height, () => {
          rowOfBlock();
          nextRow();
        });
        nextRow(-output.height);
        nextBlock();
      });
    }
  };
}
