// Augmentation of one image's bytes (H, W, C), as torchvision's RandomHorizontalFlip and RandomCrop with padding: bytes move, none changes.
import type { ImageShape } from '../../data/images.ts';
import { augmentKey, drawCrop, drawFlip } from '../../random/draws.ts';
import type { AugmentStep } from '../../recipe.ts';

/** Mirrors left to right. */
export function flipImage({ channels, width }: ImageShape, image: Uint8Array): Uint8Array {
  return image.map((_, i) => {
    const c = i % channels;
    const w = Math.floor(i / channels) % width;
    const rowStart = i - w * channels - c;
    return image[rowStart + (width - 1 - w) * channels + c]!;
  });
}

/** The window of the image's own size whose upper left corner is (dy, dx) in the image padded with byte 0 on every side. */
export function cropImage({ channels, height, width }: ImageShape, image: Uint8Array, padding: number, dy: number, dx: number): Uint8Array {
  return image.map((_, i) => {
    const c = i % channels;
    const w = (Math.floor(i / channels) % width) + dx - padding;
    const h = Math.floor(i / (channels * width)) + dy - padding;
    return h >= 0 && h < height && w >= 0 && w < width ? image[(h * width + w) * channels + c]! : 0;
  });
}

/** Applies the recipe's operators in order, drawn by operator name, original sample index and epoch. */
export function augmentImage(
  steps: readonly AugmentStep[],
  seed: number,
  shape: ImageShape,
  image: Uint8Array,
  sample: number,
  epoch: number,
): Uint8Array {
  return steps.reduce((bytes, step) => {
    const key = augmentKey(seed, step.name);
    if (step.kind === 'horizontalFlip') return drawFlip(key, step.p, sample, epoch) ? flipImage(shape, bytes) : bytes;
    const { dy, dx } = drawCrop(key, step.padding, sample, epoch);
    return cropImage(shape, bytes, step.padding, dy, dx);
  }, image);
}
