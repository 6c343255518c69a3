// How one sample's activations or gradients lie in memory: channels last, pixels a fixed stride apart, with a rim of zeros where a
// convolution reads past the edge. Channels are padded to whole blocks of 16 lanes; padding lanes may hold anything, and whoever
// folds lanes or walks along channels leaves them out.
import type { Shape } from '../network.ts';

export const BLOCK = 16;
export const BLOCK_BYTES = 64;

export interface Plane {
  channels: number;
  height: number;
  width: number;
  /** Pixel to pixel. */
  pixelBytes: number;
  /** Row to row. */
  rowBytes: number;
  /** From the plane's first byte to pixel (0, 0). */
  origin: number;
  /** Of the whole plane, rim included. */
  bytes: number;
  /** Sample to sample, where planes of a batch stand side by side. */
  sampleBytes: number;
  /** Pixel after pixel with no rim between rows. */
  contiguous: boolean;
}

/** Pixels on each side. */
export interface Rim {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export const NO_RIM: Rim = { top: 0, bottom: 0, left: 0, right: 0 };

/** As wide on each side as the widest. */
export function widestRim(rims: readonly Rim[]): Rim {
  const widest = (side: keyof Rim) => Math.max(0, ...rims.map((rim) => rim[side]));
  return { top: widest('top'), bottom: widest('bottom'), left: widest('left'), right: widest('right') };
}

/** Channels rounded up to whole blocks. */
export function padded(channels: number): number {
  return blocksOf(channels) * BLOCK;
}

export function blocksOf(channels: number): number {
  return Math.ceil(channels / BLOCK);
}

/** A plane for (channels, height, width) with pixels `stride` floats apart. */
export function planeOf([channels, height, width]: Shape, rim: Rim = NO_RIM, stride = padded(channels)): Plane {
  const pixelBytes = stride * 4;
  const rowBytes = (width + rim.left + rim.right) * pixelBytes;
  const bytes = (height + rim.top + rim.bottom) * rowBytes;
  return {
    channels,
    height,
    width,
    pixelBytes,
    rowBytes,
    origin: rim.top * rowBytes + rim.left * pixelBytes,
    bytes,
    // A distance of whole 4 kB pages would map every sample to the same cache lines: an odd number of lines never is.
    sampleBytes: (Math.ceil((bytes + BLOCK_BYTES) / BLOCK_BYTES) | 1) * BLOCK_BYTES,
    contiguous: rim.top + rim.bottom + rim.left + rim.right === 0,
  };
}

/** The channels of one group of several: some of each pixel's. */
export function groupPlane(plane: Plane, groups: number): Plane {
  return { ...plane, channels: plane.channels / groups };
}

/** Whether other channels of the same pixels lie behind the plane's own, so that whole blocks may overwrite what is not theirs. */
export function isPart({ channels, pixelBytes }: Plane): boolean {
  return channels % BLOCK !== 0 && pixelBytes > padded(channels) * 4;
}
