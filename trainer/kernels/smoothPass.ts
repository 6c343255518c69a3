// Batch norm, ReLU or GELU, and pooling in one pass over a sample's plane, for what channelPass.ts leaves out: average pooling, and GELU.
// GELU's slope is written down on the way forward, where it costs two operations more, so the way back is a product. Same bits in one pass
// or in three (docs/numerics.md).
import { constantOffset, overWindows, winnerOf } from './channelPass.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { type NormalLanes, normalLanes } from './normal.ts';
import { WIDTH, WIDTH_BYTES } from './pixelSums.ts';
import { type Plane, padded } from './plane.ts';

export interface SmoothPass {
  input: Plane;
  output: Plane;
  batchNorm: boolean;
  activation: 'relu' | 'gelu' | null;
  pool: { kind: 'max' | 'average'; kernel: number; stride: number } | null;
}

/** Largest side of windows whose pixels are spelled out one after another; larger ones are loops. */
const SPELLED_OUT = 3;

/** Whether every input pixel lies in exactly one window. */
export function windowsTile(input: { height: number; width: number }, pool: { kernel: number; stride: number } | null): boolean {
  return pool === null || (pool.kernel === pool.stride && input.height % pool.stride === 0 && input.width % pool.stride === 0);
}

/** Whether pooling behind GELU is done in the same pass: every slope and every winner is then written down once. */
export function poolsWithGelu(input: { height: number; width: number }, pool: { kernel: number; stride: number }): boolean {
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
  const [mean, scale, beta] = [e.lanes(WIDTH), e.lanes(WIDTH), e.lanes(WIDTH)];
  return {
    load(constants: Pointer): void {
      if (!batchNorm) return;
      e.load(mean, constants, constantOffset(input, 'mean'));
      e.load(scale, constants, constantOffset(input, 'scale'));
      e.load(beta, constants, constantOffset(input, 'beta'));
    },
    read(to: Lanes, at: Pointer, offset: number): void {
      e.load(to, at, offset);
      if (!batchNorm) return;
      e.subtract(to, to, mean);
      e.madd(to, to, scale, beta);
    },
  };
}

/** What the way back needs of GELU, and what of max pooling; planes, or null where there is no way back or nothing to keep. */
export interface Kept {
  /** A slope for each pixel. */
  slopes: Plane | null;
  /** Which pixel of each window is its maximum (channelPass.ts, `winnerOf`). */
  winners: Plane | null;
}

/** Kernel (x, y, constants, slopes, winners) for one sample. */
export function smoothPassForward(pass: SmoothPass, { slopes, winners }: Kept): KernelBody {
  const { input, output, activation, pool } = pass;
  const gelu = activation === 'gelu';
  const kernel = pool?.kernel ?? 1;
  return (e, x, y, constants, slopesAt, winnersAt) => {
    const lanes = () => e.lanes(WIDTH);
    const norm = normalizing(e, pass);
    const normal: NormalLanes | null = gelu ? normalLanes(e, WIDTH) : null;
    const [zero, factor, result, value, cumulative, power] = [lanes(), lanes(), lanes(), lanes(), lanes(), lanes()];
    const [larger, unordered, winner] = [lanes(), lanes(), lanes()];
    e.zero(zero);
    e.constant(factor, share(pass));
    e.step(x, input.origin);
    e.step(y, output.origin);
    e.loop((padded(output.channels) * 4) / WIDTH_BYTES, () => {
      norm.load(constants);
      const planes = [
        { pointer: x, plane: input, windowed: true },
        { pointer: y, plane: output, windowed: false },
      ];
      if (slopes) planes.push({ pointer: slopesAt, plane: slopes, windowed: true });
      if (winners) planes.push({ pointer: winnersAt, plane: winners, windowed: false });
      overWindows(e, { output, pool }, planes, ([xAt, yAt, ...kept]) => {
        if (pool?.kind === 'average') e.zero(result);
        const corners = [{ pointer: xAt!, plane: input }];
        if (slopes) corners.push({ pointer: kept[0]!, plane: slopes });
        overWindow(e, kernel, corners, ([xPixel, slopePixel], place) => {
          norm.read(value, xPixel!.pointer, xPixel!.offset);
          if (activation === 'relu') e.pseudoMax(value, value, zero);
          if (normal) {
            normal.distribution(value, cumulative, power);
            if (slopePixel) {
              normal.slope(value, cumulative, power);
              e.store(slopePixel.pointer, slopePixel.offset, power);
            }
            e.times(value, value, cumulative);
          }
          if (pool?.kind === 'average') e.add(result, result, value);
          else if (place === 0) {
            e.copy(result, value);
            e.constant(winner, winnerOf(0));
          } else {
            // v > m or v is NaN.
            e.less(larger, result, value);
            e.notEqual(unordered, value, value);
            e.or(larger, larger, unordered);
            e.select(result, larger, value, result);
            if (!winners) return;
            e.constant(unordered, winnerOf(place));
            e.select(winner, larger, unordered, winner);
          }
        });
        if (pool?.kind === 'average') e.times(result, result, factor);
        e.store(yAt!, 0, result);
        if (!winners) return;
        e.equal(larger, result, result);
        e.and(winner, winner, larger);
        e.store(kept.at(-1)!, 0, winner);
      });
      for (const pointer of [x, y, constants, slopesAt, winnersAt]) e.step(pointer, WIDTH_BYTES);
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
