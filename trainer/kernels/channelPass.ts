// Batch norm, the sum of a residual block, ReLU and max pooling, any of them, in one pass over a sample's plane: every step is lane by lane
// with one constant a channel, so nothing is stored in between. Each element goes through the operations of docs/numerics.md in the
// network's order; doing them in one pass or in several gives the same bits.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, padded } from './plane.ts';

export interface ChannelPass {
  input: Plane;
  output: Plane;
  batchNorm: boolean;
  /** What is added behind batch norm: the input of a residual block. */
  shortcut: Plane | null;
  relu: boolean;
  pool: { kernel: number; stride: number } | null;
}

/** What batch norm keeps for a channel, as rows of padded channels: constants of the forward pass, then of the backward pass. */
export const CONSTANTS = { mean: 0, scale: 1, beta: 2, ofCentred: 3, addend: 4 } as const;
export const CONSTANT_ROWS = 5;

/** Byte offset of one row of constants. */
export function constantOffset(plane: Plane, row: keyof typeof CONSTANTS): number {
  return CONSTANTS[row] * padded(plane.channels) * 4;
}

/** Byte offsets from a window's first pixel to all of its pixels, in window order. */
export function windowOffsets({ input, pool }: { input: Plane; pool: ChannelPass['pool'] }): number[] {
  const kernel = pool?.kernel ?? 1;
  return Array.from({ length: kernel * kernel }, (_, i) => Math.floor(i / kernel) * input.rowBytes + (i % kernel) * input.pixelBytes);
}

/** The registers of a pass, and the part of it that is the same forward and backward. */
export function channelRegisters(e: Emitter, pass: ChannelPass) {
  const { input, batchNorm, relu } = pass;
  const [mean, scale, beta, zero] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
  const term = e.lanes(BLOCK);
  const offsets = windowOffsets(pass);
  const shortcutOffsets = pass.shortcut ? windowOffsets({ input: pass.shortcut, pool: pass.pool }) : [];
  e.zero(zero);
  return {
    mean,
    scale,
    zero,
    /** This block's constants. */
    load(constants: Pointer): void {
      if (!batchNorm) return;
      e.load(mean, constants, constantOffset(input, 'mean'));
      e.load(scale, constants, constantOffset(input, 'scale'));
      e.load(beta, constants, constantOffset(input, 'beta'));
    },
    /**
     * value = what the pass makes of the pixel at `place` of a window, before pooling; `centred` is left as x − mean. `x` and `shortcut` point
     * to the window's first pixel.
     */
    activate(value: Lanes, centred: Lanes, place: number, x: Pointer, shortcut: Pointer = x): void {
      const offset = offsets[place]!;
      if (batchNorm) {
        e.load(centred, x, offset);
        e.subtract(centred, centred, mean);
        e.madd(value, centred, scale, beta);
      } else e.load(value, x, offset);
      if (pass.shortcut) {
        e.load(term, shortcut, shortcutOffsets[place]!);
        e.add(value, value, term);
      }
      if (relu) e.pseudoMax(value, value, zero);
    },
  };
}

/** Walks the output plane, window by window: `body` with the pointer to each plane's pixel. */
export function overWindows(
  e: Emitter,
  { output, pool }: Pick<ChannelPass, 'output' | 'pool'>,
  planes: readonly { pointer: Pointer; plane: Plane; windowed: boolean }[],
  body: (at: readonly Pointer[]) => void,
): void {
  const stride = pool?.stride ?? 1;
  const rows = planes.map(({ pointer }) => e.pointer(pointer));
  e.loop(output.height, () => {
    const at = rows.map((row) => e.pointer(row));
    e.loop(output.width, () => {
      body(at);
      at.forEach((pointer, i) => {
        e.step(pointer, planes[i]!.plane.pixelBytes * (planes[i]!.windowed ? stride : 1));
      });
    });
    rows.forEach((row, i) => {
      e.step(row, planes[i]!.plane.rowBytes * (planes[i]!.windowed ? stride : 1));
    });
  });
}

/** Largest side of pooling windows whose winners are written down: code for the way back grows with its square. */
const WINNER_WINDOW = 3;

/** Whether every input pixel lies in exactly one small window, so that a winner a window says where gradients go. */
export function hasWinners({ input, output, pool }: ChannelPass): boolean {
  if (pool === null) return false;
  const { kernel, stride } = pool;
  const tile = kernel === stride && output.height * stride === input.height && output.width * stride === input.width;
  return tile && kernel <= WINNER_WINDOW;
}

/** How winners are written down: the place in the window, counted from 1; 0 where the gradient goes nowhere, because of NaN or ReLU. */
export const winnerOf = (place: number) => place + 1;

/** Planes that a forward pass writes beside its output, a pixel a window, for the way back. */
export interface WindowPlanes {
  winners: Plane;
  /** x − mean of each window's winner, NaN where any of the window's is not finite; only with batch norm. */
  centred: Plane | null;
}

/**
 * Sums over a channel read what was kept of each window instead of all its pixels: one that did not win brings g = 0, and 0·(x − mean)
 * moves no sum unless x − mean is not finite. So what is kept becomes NaN where that is so anywhere in the window.
 */
export function poison(e: Emitter, kept: readonly Lanes[], windowSum: Lanes): void {
  // +0 or NaN; taken away, because −0 + 0 would lose its sign.
  e.subtract(windowSum, windowSum, windowSum);
  for (const value of kept) e.subtract(value, value, windowSum);
}

/**
 * Kernel (x, y, constants, winners, centred, shortcut) for one sample. With planes for them, winners say which pixel of its window is the
 * first that equals the maximum.
 */
export function channelPassForward(pass: ChannelPass, kept: WindowPlanes | null): KernelBody {
  const { input, output } = pass;
  const pixels = windowOffsets(pass).length;
  return (e, x, y, constants, winners, deviations, shortcut) => {
    const registers = channelRegisters(e, pass);
    const lanes = () => e.lanes(BLOCK);
    const [best, value, centred, larger, unordered, winner, place] = [lanes(), lanes(), lanes(), lanes(), lanes(), lanes(), lanes()];
    const [bestCentred, windowSum] = [lanes(), lanes()];
    e.step(x, input.origin);
    e.step(y, output.origin);
    if (pass.shortcut) e.step(shortcut, pass.shortcut.origin);
    e.loop(blocksOf(output.channels), () => {
      registers.load(constants);
      const planes = [
        { pointer: x, plane: input, windowed: true },
        { pointer: y, plane: output, windowed: false },
        ...(pass.shortcut ? [{ pointer: shortcut, plane: pass.shortcut, windowed: true }] : []),
      ];
      if (kept) planes.push({ pointer: winners, plane: kept.winners, windowed: false });
      if (kept?.centred) planes.push({ pointer: deviations, plane: kept.centred, windowed: false });
      overWindows(e, pass, planes, ([xAt, yAt, ...beside]) => {
        const shortcutAt = pass.shortcut ? beside.shift()! : xAt!;
        const [winnersAt, centredAt] = beside;
        for (let i = 0; i < pixels; i++) {
          if (i === 0) {
            registers.activate(best, bestCentred, i, xAt!, shortcutAt);
            if (kept) e.constant(winner, winnerOf(0));
            if (kept?.centred) e.copy(windowSum, bestCentred);
            continue;
          }
          registers.activate(value, centred, i, xAt!, shortcutAt);
          e.notEqual(larger, value, value);
          if (i === 1) e.copy(unordered, larger);
          else e.or(unordered, unordered, larger);
          if (kept) {
            e.less(larger, best, value);
            if (kept.centred) {
              e.add(windowSum, windowSum, centred);
              e.select(bestCentred, larger, centred, bestCentred);
            }
            e.constant(place, winnerOf(i));
            e.and(larger, larger, place);
            e.pseudoMax(winner, winner, larger);
          }
          e.pseudoMax(best, best, value);
        }
        // A NaN that is not the first value has vanished from the maximum: all bits set are one.
        if (pixels > 1) e.or(best, best, unordered);
        e.store(yAt!, 0, best);
        if (!kept) return;
        if (kept.centred) {
          poison(e, [bestCentred], windowSum);
          e.store(centredAt!, 0, bestCentred);
        }
        if (pass.relu) e.less(larger, registers.zero, best);
        else e.equal(larger, best, best);
        e.and(winner, winner, larger);
        e.store(winnersAt!, 0, winner);
      });
      for (const pointer of [x, y, constants, winners, deviations, shortcut]) e.step(pointer, BLOCK_BYTES);
    });
  };
}
