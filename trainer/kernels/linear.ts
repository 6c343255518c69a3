// Linear layers over a range of samples. Weights are packed [in/256][out/16][256][16]: a block of 16 kB is read by all samples while it is
// in the nearest cache. Chains run over inputs (forward), outputs (input gradient) or samples (weight gradient); see docs/numerics.md.
import { contraction, evenly } from './contraction.ts';
import type { Emitter, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf } from './plane.ts';
import { runTimeTiles, splitRows } from './tiles.ts';
import { turnBlock } from './turn.ts';

/** Inputs of one block of weights; also the height of a block of the gradient norm. */
export const INPUT_BLOCK = 256;

export interface LinearShape {
  inputs: number;
  outputs: number;
  /** Sample to sample, of inputs and of outputs (and their gradients). */
  inputBytes: number;
  outputBytes: number;
  bias: boolean;
}

/** First input and number of inputs of each block. */
export function inputBlocks(inputs: number): { first: number; rows: number }[] {
  return Array.from({ length: Math.ceil(inputs / INPUT_BLOCK) }, (_, block) => ({
    first: block * INPUT_BLOCK,
    rows: Math.min(INPUT_BLOCK, inputs - block * INPUT_BLOCK),
  }));
}

/** Tiles of samples, largest first, until `count` samples are done; the largest leave enough for a full one of the next, as 32 = 4·6 + 2·4. */
function overSamples(e: Emitter, count: Pointer, tileRows: number, tile: (rows: number) => void): void {
  const heights = runTimeTiles(tileRows);
  const kept = heights[1] ?? 0;
  const left = e.pointer(count, -kept);
  heights.forEach((rows, i) => {
    if (i === 1) e.step(left, kept);
    e.whileAtLeast(left, rows, () => tile(rows));
  });
}

/** Kernel (inputs, weights, bias, outputs, samples). */
export function linearForward(shape: LinearShape, tileRows: number): KernelBody {
  const { inputs, outputs, inputBytes, outputBytes, bias } = shape;
  const blocks = inputBlocks(inputs);
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  return (e, x, w, b, y, samples) => {
    const addend = e.lanes(BLOCK);
    const pass = (rows: number, starts: boolean, ends: boolean) => {
      const bAt = e.pointer(b);
      const yBlock = e.pointer(y);
      e.loop(blocksOf(outputs), () => {
        const xTile = e.pointer(x);
        const yTile = e.pointer(yBlock);
        if (ends && bias) e.load(addend, bAt, 0);
        overSamples(e, samples, tileRows, (height) => {
          contraction(e, {
            x: xTile,
            w,
            rowOffsets: evenly(height, inputBytes),
            chain: [{ count: rows, xStep: 4, wStep: BLOCK_BYTES }],
            ...(starts ? {} : { start: (row, sum) => e.load(sum, yTile, row * outputBytes) }),
            finish: (row, sum) => {
              if (ends && bias) e.add(sum, sum, addend);
              e.store(yTile, row * outputBytes, sum);
            },
          });
          e.step(xTile, height * inputBytes);
          e.step(yTile, height * outputBytes);
        });
        e.step(w, rows * BLOCK_BYTES);
        e.step(bAt, BLOCK_BYTES);
        e.step(yBlock, BLOCK_BYTES);
      });
      e.step(x, rows * 4);
    };
    e.scope(() => pass(first.rows, true, blocks.length === 1));
    if (blocks.length > 2) e.loop(blocks.length - 2, () => pass(INPUT_BLOCK, false, false));
    if (blocks.length > 1) e.scope(() => pass(last.rows, false, true));
  };
}

/**
 * Kernel (output gradient, weights, input gradient, samples, scratch of outputs x 16 floats).
 * Sixteen inputs at a time: their weights are turned to [outputs][16] in the nearest cache and used for all samples.
 */
export function linearInputGradient(shape: LinearShape, tileRows: number): KernelBody {
  const { inputs, outputs, inputBytes, outputBytes } = shape;
  return (e, dy, w, dx, samples, turned) => {
    const strip = (block: { rows: number }) => {
      const from = e.pointer(w);
      const to = e.pointer(turned);
      e.loop(blocksOf(outputs), () => {
        turnBlock(e, from, to);
        e.step(from, block.rows * BLOCK_BYTES);
        e.step(to, BLOCK * BLOCK_BYTES);
      });
      const dyTile = e.pointer(dy);
      const dxTile = e.pointer(dx);
      overSamples(e, samples, tileRows, (height) => {
        contraction(e, {
          x: dyTile,
          w: turned,
          rowOffsets: evenly(height, outputBytes),
          chain: [{ count: outputs, xStep: 4, wStep: BLOCK_BYTES }],
          finish: (row, sum) => e.store(dxTile, row * inputBytes, sum),
        });
        e.step(dyTile, height * outputBytes);
        e.step(dxTile, height * inputBytes);
      });
      e.step(w, BLOCK * BLOCK_BYTES);
      e.step(dx, BLOCK_BYTES);
    };
    const blocks = inputBlocks(inputs);
    const whole = blocks.filter((block) => block.rows === INPUT_BLOCK).length;
    if (whole > 0) {
      e.loop(whole, () => {
        e.loop(INPUT_BLOCK / BLOCK, () => strip({ rows: INPUT_BLOCK }));
        // The strips have walked down the first column of blocks; skip the other columns.
        e.step(w, (blocksOf(outputs) - 1) * INPUT_BLOCK * BLOCK_BYTES);
      });
    }
    const rest = inputs - whole * INPUT_BLOCK;
    if (rest > 0) e.loop(Math.ceil(rest / BLOCK), () => strip({ rows: rest }));
  };
}

/** Kernel (inputs from the block's first, output gradient from the block's first, gradient block, samples) for blocks of `rows` inputs. */
export function linearWeightGradient(shape: LinearShape, rows: number, tileRows: number): KernelBody {
  const { inputBytes, outputBytes } = shape;
  return (e, x, dy, gradient, samples) => {
    for (const { rows: height, times } of splitRows(rows, tileRows)) {
      e.loop(times, () => {
        contraction(e, {
          x,
          w: dy,
          rowOffsets: evenly(height, 4),
          chain: [{ count: samples, xStep: inputBytes, wStep: outputBytes }],
          finish: (row, sum) => e.store(gradient, row * BLOCK_BYTES, sum),
        });
        e.step(x, height * 4);
        e.step(gradient, height * BLOCK_BYTES);
      });
    }
  };
}

/** Kernel (output gradients, bias gradient, samples): a plain sum over samples, ascending from +0. */
export function linearBiasGradient({ outputs, outputBytes }: LinearShape): KernelBody {
  return (e, dy, gradient, samples) => {
    const sum = e.lanes(BLOCK);
    const value = e.lanes(BLOCK);
    e.loop(blocksOf(outputs), () => {
      const at = e.pointer(dy);
      e.zero(sum);
      e.loop(samples, () => {
        e.load(value, at, 0);
        e.add(sum, sum, value);
        e.step(at, outputBytes);
      });
      e.store(gradient, 0, sum);
      e.step(dy, BLOCK_BYTES);
      e.step(gradient, BLOCK_BYTES);
    });
  };
}
