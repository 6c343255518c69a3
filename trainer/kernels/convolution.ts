// 2-d convolution, forward: one chain per output over kernel rows, kernel columns, input channels, then + bias (docs/numerics.md).
// Weights are packed [out/16][kernel row][kernel column · in][16]; the input plane has its zero rim, so padding needs no code.
import type { Axis } from '../layers/axis.ts';
import { type ChainLoop, contraction, evenly } from './contraction.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';
import { type BlockStore, overBlocks } from './store.ts';
import { splitRows } from './tiles.ts';

/** A convolution, or one group of it: its planes are then the group's channels of every pixel. */
export interface ConvolutionShape {
  input: Plane;
  output: Plane;
  down: Axis;
  across: Axis;
  bias: boolean;
}

/** Terms of one output's chain. */
export function terms({ input, down, across }: ConvolutionShape): number {
  return down.kernel * across.kernel * input.channels;
}

/** Bytes from a plane's start to what the first tap of the first window sees. */
export function cornerOf({ input, down, across }: ConvolutionShape): number {
  return input.origin - down.before * input.rowBytes - across.before * input.pixelBytes;
}

/** Taps along one axis, `step` pixels apart. */
export interface Taps {
  count: number;
  step: number;
}

/** Loops over a window and all channels; a row of dense pixels is one run. */
export function windowChain(plane: Plane, down: Taps, across: Taps): ChainLoop[] {
  const run = across.count * plane.channels;
  const rows: ChainLoop = { count: down.count, xStep: down.step * plane.rowBytes, wStep: run * BLOCK_BYTES };
  const dense = plane.pixelBytes === plane.channels * 4 && (across.step === 1 || across.count === 1);
  if (dense) return [rows, { count: run, xStep: 4, wStep: BLOCK_BYTES }];
  return [
    rows,
    { count: across.count, xStep: across.step * plane.pixelBytes, wStep: plane.channels * BLOCK_BYTES },
    { count: plane.channels, xStep: 4, wStep: BLOCK_BYTES },
  ];
}

/** Weights up to this size stay in the nearest cache from row to row, beside the rows that are read. */
const NEAR_BYTES = 20_480;

/** Kernel (input plane, weights, bias, output plane, scratch of a tile) for one sample. */
export function convolutionForward(shape: ConvolutionShape, tileRows: number): KernelBody {
  const { input, output, down, across, bias } = shape;
  const chain = windowChain(input, { count: down.kernel, step: down.dilation }, { count: across.kernel, step: across.dilation });
  const blocks = blocksOf(output.channels);
  const blockBytes = terms(shape) * BLOCK_BYTES;
  return (e, x, w, b, y, scratch) => {
    const addend = e.lanes(BLOCK);
    e.step(x, cornerOf(shape));
    e.step(y, output.origin);

    /** One row of one block of channels. */
    const rowOfBlock = (store: BlockStore) => {
      const xTile = e.pointer(x);
      const yTile = e.pointer(y);
      for (const { rows, times } of splitRows(output.width, tileRows)) {
        e.loop(times, () => {
          contraction(e, {
            x: xTile,
            w,
            rowOffsets: evenly(rows, across.stride * input.pixelBytes),
            chain,
            finish: (row, sum) => {
              if (bias) {
                if (row === 0) e.load(addend, b, 0);
                e.add(sum, sum, addend);
              }
              store.put(yTile, row * output.pixelBytes, sum);
            },
          });
          store.settle();
          e.step(xTile, rows * across.stride * input.pixelBytes);
          e.step(yTile, rows * output.pixelBytes);
        });
      }
    };
    const nextRow = (times = 1) => {
      e.step(x, times * down.stride * input.rowBytes);
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
        overBlocks(e, output, scratch, (store) => {
          rowOfBlock(store);
          nextBlock();
        });
        nextBlock(-blocks);
        nextRow();
      });
    } else {
      overBlocks(e, output, scratch, (store) => {
        e.loop(output.height, () => {
          rowOfBlock(store);
          nextRow();
        });
        nextRow(-output.height);
        nextBlock();
      });
    }
  };
}
