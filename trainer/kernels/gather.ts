// From a data set's bytes to one sample's input plane: augmentation moves bytes, then a table of 256 numbers a channel (docs/numerics.md).
// Data sets do not live in the arena: an image's bytes are moved there first, one at a time.
import type { ImageShape } from '../data/images.ts';
import { augmentKey, drawCrop, drawFlip } from '../random/draws.ts';
import type { PhiloxKey } from '../random/philox.ts';
import type { AugmentStep } from '../recipe.ts';
import type { KernelBody } from './emit/kernels.ts';
import type { Plane } from './plane.ts';

/** Moves an image's bytes for one sample and epoch; gives back the buffer that holds the result, its own or the one it was given. */
export type Augmentation = (image: Uint8Array, sample: number, epoch: number) => Uint8Array;

/** The recipe's operators in order. */
export function planAugmentation(steps: readonly AugmentStep[], seed: number, shape: ImageShape): Augmentation {
  const operators = steps.map((step) => operatorOf(step, augmentKey(seed, step.name), shape));
  return (image, sample, epoch) => operators.reduce((bytes, operator) => operator(bytes, sample, epoch), image);
}

function operatorOf(step: AugmentStep, key: PhiloxKey, { channels, height, width }: ImageShape): Augmentation {
  const rowBytes = width * channels;
  const result = new Uint8Array(height * rowBytes);
  if (step.kind === 'horizontalFlip') {
    return (image, sample, epoch) => {
      if (!drawFlip(key, step.p, sample, epoch)) return image;
      for (let row = 0; row < height * rowBytes; row += rowBytes) {
        for (let from = 0, to = rowBytes - channels; to >= 0; from += channels, to -= channels) {
          for (let channel = 0; channel < channels; channel++) result[row + to + channel] = image[row + from + channel]!;
        }
      }
      return result;
    };
  }
  return (image, sample, epoch) => {
    const { dy, dx } = drawCrop(key, step.padding, sample, epoch);
    const down = dy - step.padding;
    const right = dx - step.padding;
    const columns = width - Math.abs(right);
    result.fill(0);
    if (columns <= 0) return result;
    for (let row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
      const from = (row + down) * rowBytes + Math.max(0, right) * channels;
      const to = row * rowBytes + Math.max(0, -right) * channels;
      for (let i = 0; i < columns * channels; i++) result[to + i] = image[from + i]!;
    }
    return result;
  };
}

/**
 * Kernel (image bytes, table, plane) for one sample: (height, width, channels) bytes become numbers through the table of 256 a channel.
 * Four times as fast as the same loop in JavaScript.
 */
export function writeImage(plane: Plane): KernelBody {
  const { channels, height, width, pixelBytes, rowBytes, origin } = plane;
  return (e, bytes, table, to) => {
    const entry = e.pointer(0);
    e.step(to, origin);
    e.loop(height, () => {
      const at = e.pointer(to);
      e.loop(width, () => {
        for (let channel = 0; channel < channels; channel++) {
          e.loadByte(entry, bytes, channel);
          e.multiply(entry, entry, 4);
          e.step(entry, table);
          e.copyFloat(at, 4 * channel, entry, 1024 * channel);
        }
        e.step(bytes, channels);
        e.step(at, pixelBytes);
      });
      e.step(to, rowBytes);
    });
  };
}
