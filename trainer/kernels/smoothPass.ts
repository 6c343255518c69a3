// Batch norm, an activation, and pooling in one pass over a sample's plane, for what channelPass.ts leaves out: average pooling, and every
// activation but ReLU. A slope that takes an exponential is written down on the way forward, where it costs two operations more, so the way
// back is a product. Same bits in one pass or in three (docs/numerics.md).
import type { ActivationKernels } from './activations.ts';
import { constantOffset, overWindows, poison, winnerOf } from './channelPass.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { WIDTH, WIDTH_BYTES } from './pixelSums.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, padded } from './plane.ts';

export interface SmoothPass {
  input: Plane;
  output: Plane;
  batchNorm: boolean;
  activation: ActivationKernels | null;
  pool: { kind: 'max' | 'average'; kernel: number; stride: number } | null;
}

/** Largest side of windows whose pixels are spelled out one after another; larger ones are loops. */
const SPELLED_OUT = 3;

/** Whether every input pixel lies in exactly one window. */
export function windowsTile(input: { height: number; width: number }, pool: { kernel: number; stride: number } | null): boolean {
  return pool === null || (pool.kernel === pool.stride && input.height % pool.stride === 0 && input.width % pool.stride === 0);
}

/** Whether pooling behind an activation with a slope, or behind a sum, is done in the same pass: every slope and every winner is then written down once. */
export function poolsInOnePass(input: { height: number; width: number }, pool: { kernel: number; stride: number }): boolean {
  return windowsTile(input, pool) && pool.kernel <= SPELLED_OUT;
}

/** 1/k², rounded once. */
export function share({ pool }: SmoothPass): number {
  return Math.fround(1 / ((pool?.kernel ?? 1) * (pool?.kernel ?? 1)));
}

/** `body` for each pixel of a window, in window order: pointers, offsets from them, and the place where the window is spelled out. */
function overWindow(
  e: Emitter,
  kernel: number,
  corners: readonly { pointer: Pointer; plane: Plane }[],
  body: (at: readonly { pointer: Pointer; offset: number }[], place: number) => void,
): void {
  if (kernel <= SPELLED_OUT) {
    for (let place = 0; place < kernel * kernel; place++) {
      const [row, column] = [Math.floor(place / kernel), place % kernel];
      body(
        corners.map(({ pointer, plane }) => ({ pointer, offset: row * plane.rowBytes + column * plane.pixelBytes })),
        place,
      );
    }
    return;
  }
  e.scope(() => {
    const rows = corners.map(({ pointer }) => e.pointer(pointer));
    e.loop(kernel, () => {
      const at = rows.map((row) => e.pointer(row));
      e.loop(kernel, () => {
        const here = at.map((pointer) => ({ pointer, offset: 0 }));
        body(here, 0);
        at.forEach((pointer, i) => {
          e.step(pointer, corners[i]!.plane.pixelBytes);
        });
      });
      rows.forEach((row, i) => {
        e.step(row, corners[i]!.plane.rowBytes);
      });
    });
  });
}

/** Batch norm of one pixel, where the pass has it; constants of one half block of channels. */
function normalizing(e: Emitter, { input, batchNorm }: SmoothPass) {
  const [mean, scale, beta] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
  return {
    load(constants: Pointer): void {
      if (!batchNorm) return;
      e.load(mean, constants, constantOffset(input, 'mean'));
      e.load(scale, constants, constantOffset(input, 'scale'));
      e.load(beta, constants, constantOffset(input, 'beta'));
    },
    /** `centred` is left as x − mean. */
    read(to: Lanes, centred: Lanes, at: Pointer, offset: number): void {
      if (batchNorm) {
        e.load(centred, at, offset);
        e.subtract(centred, centred, mean);
        e.madd(to, centred, scale, beta);
      } else e.load(to, at, offset);
    },
  };
}

/** What the way back needs of the activation, and what of max pooling; planes, or null where there is no way back or nothing to keep. */
export interface Kept {
  /** A slope for each pixel; with `centred`, those of the windows' winners suffice. */
  slopes: Plane | null;
  /** Which pixel of each window is its maximum (channelPass.ts, `winnerOf`). */
  winners: Plane | null;
  /** x − mean of the winners, as in channelPass.ts; only with batch norm, and where slopes are kept. */
  centred: Plane | null;
}

export const NOTHING_KEPT: Kept = { slopes: null, winners: null, centred: null };

/** Kernel (x, y, constants, slopes, winners, centred) for one sample. */
export function smoothPassForward(pass: SmoothPass, kept: Kept): KernelBody {
  const { input, output, activation, pool } = pass;
  const kernel = pool?.kernel ?? 1;
  const ofWinners = kept.centred !== null;
  const bounded = activation?.boundedBelow ?? false;
  return (e, x, y, constants, slopesAt, winnersAt, centredAt) => {
    const lanes = () => e.lanes(BLOCK);
    const norm = normalizing(e, pass);
    const activate = activation?.forward(e, BLOCK);
    const [factor, result, value, centred, slope] = [lanes(), lanes(), lanes(), lanes(), lanes()];
    const [sum, larger, here, winner] = [lanes(), lanes(), lanes(), lanes()];
    const [bestCentred, bestSlope, windowSum] = [lanes(), lanes(), lanes()];
    e.constant(factor, share(pass));
    e.step(x, input.origin);
    e.step(y, output.origin);

    /** What a pixel of a window means to its maximum; the window's first one begins it. */
    function compete(place: number): void {
      if (place === 0) {
        e.copy(result, value);
        if (bounded) e.copy(sum, value);
        else e.notEqual(sum, value, value);
        e.constant(winner, winnerOf(0));
        if (!kept.centred) return;
        e.copy(bestCentred, centred);
        e.copy(bestSlope, slope);
        e.add(windowSum, centred, slope);
        return;
      }
      // Where no value is −∞, a sum is NaN only where a value is.
      if (bounded) e.add(sum, sum, value);
      else {
        e.notEqual(larger, value, value);
        e.or(sum, sum, larger);
      }
      e.less(larger, result, value);
      e.pseudoMax(result, result, value);
      if (!kept.winners) return;
      e.constant(here, winnerOf(place));
      e.and(here, here, larger);
      e.pseudoMax(winner, winner, here);
      if (!kept.centred) return;
      e.select(bestCentred, larger, centred, bestCentred);
      e.select(bestSlope, larger, slope, bestSlope);
      e.add(windowSum, windowSum, centred);
      e.add(windowSum, windowSum, slope);
    }

    e.loop(blocksOf(output.channels), () => {
      norm.load(constants);
      const planes = [
        { pointer: x, plane: input, windowed: true },
        { pointer: y, plane: output, windowed: false },
      ];
      if (kept.slopes) planes.push({ pointer: slopesAt, plane: kept.slopes, windowed: !ofWinners });
      if (kept.winners) planes.push({ pointer: winnersAt, plane: kept.winners, windowed: false });
      if (kept.centred) planes.push({ pointer: centredAt, plane: kept.centred, windowed: false });
      overWindows(e, { output, pool }, planes, ([xAt, yAt, ...beside]) => {
        const slopePixels = kept.slopes ? beside.shift()! : null;
        const [winnerPixel, centredPixel] = beside;
        if (pool?.kind === 'average') e.zero(result);
        const corners = [{ pointer: xAt!, plane: input }];
        if (slopePixels && !ofWinners) corners.push({ pointer: slopePixels, plane: kept.slopes! });
        overWindow(e, kernel, corners, ([xPixel, slopePixel], place) => {
          norm.read(value, centred, xPixel!.pointer, xPixel!.offset);
          activate?.(value, kept.slopes ? slope : null);
          if (slopePixel) e.store(slopePixel.pointer, slopePixel.offset, slope);
          if (pool?.kind === 'average') e.add(result, result, value);
          else compete(place);
        });
        if (pool?.kind === 'average') e.times(result, result, factor);
        if (pool?.kind === 'max') {
          // A NaN that is not the first value has vanished from the maximum: all bits set are one.
          if (bounded) e.notEqual(sum, sum, sum);
          e.or(result, result, sum);
        }
        e.store(yAt!, 0, result);
        if (kept.centred) {
          poison(e, [bestCentred, bestSlope], windowSum);
          e.store(centredPixel!, 0, bestCentred);
          e.store(slopePixels!, 0, bestSlope);
        }
        if (!kept.winners) return;
        e.equal(larger, result, result);
        e.and(winner, winner, larger);
        e.store(winnerPixel!, 0, winner);
      });
      for (const pointer of [x, y, constants, slopesAt, winnersAt, centredAt]) e.step(pointer, BLOCK_BYTES);
    });
  };
}

/** Kernel (gradient of y, result) for one sample, any windows: average pooling alone. The result is cleared and collects in window order. */
export function averageScatter(pass: SmoothPass, gradient: Plane, result: Plane): KernelBody {
  const { output, pool } = pass;
  const kernel = pool!.kernel;
  const overlapping = pool!.stride < kernel;
  return (e, dy, dx) => {
    const [zero, factor, part, sum] = [e.lanes(WIDTH), e.lanes(WIDTH), e.lanes(WIDTH), e.lanes(WIDTH)];
    e.zero(zero);
    e.constant(factor, share(pass));
    e.step(dy, gradient.origin);
    e.step(dx, result.origin);
    e.loop((padded(output.channels) * 4) / WIDTH_BYTES, () => {
      const row = e.pointer(dx);
      e.loop(result.height, () => {
        const at = e.pointer(row);
        e.loop(result.width, () => {
          e.store(at, 0, zero);
          e.step(at, result.pixelBytes);
        });
        e.step(row, result.rowBytes);
      });
      const planes = [
        { pointer: dy, plane: gradient, windowed: false },
        { pointer: dx, plane: result, windowed: true },
      ];
      overWindows(e, { output, pool }, planes, ([dyAt, dxAt]) => {
        e.load(part, dyAt!, 0);
        e.times(part, part, factor);
        overWindow(e, kernel, [{ pointer: dxAt!, plane: result }], ([pixel]) => {
          if (!overlapping) return e.store(pixel!.pointer, pixel!.offset, part);
          e.load(sum, pixel!.pointer, pixel!.offset);
          e.add(sum, sum, part);
          e.store(pixel!.pointer, pixel!.offset, sum);
        });
      });
      for (const pointer of [dy, dx]) e.step(pointer, WIDTH_BYTES);
    });
  };
}
