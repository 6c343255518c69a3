// Preprocessing `standardize`: per-channel mean and standard deviation of the training part, and the table that turns bytes into numbers.
import type { ImageShape, ImageSplit } from './images.ts';

/** Of v/255, by channel. */
export interface ChannelStatistics {
  mean: number[];
  std: number[];
}

const levels = 256;
/** So many squares of bytes fit into a signed 32-bit integer. */
const STRETCH = 32768;

/**
 * Mean and population standard deviation a channel over `samples` (indices into `split`): Σv and Σv² as exact integers, the rest in double.
 * A channel that never changes gets the deviation 1, so that it becomes 0 and not NaN.
 */
export function channelStatistics(split: ImageSplit, shape: ImageShape, samples: Uint32Array): ChannelStatistics {
  const { channels, height, width } = shape;
  const pixels = height * width;
  const count = samples.length * pixels;
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const { sum, squares } = channelSums(split.images, pixels, channels, channel, samples);
    const variance = squares / count - (sum / count) * (sum / count);
    mean.push(sum / count / 255);
    std.push(variance > 0 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
}

/** Σv and Σv² of one channel, exact. */
function channelSums(images: Uint8Array, pixels: number, channels: number, channel: number, samples: Uint32Array) {
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    const first = sample * pixels * channels + channel;
    for (let from = 0; from < pixels; from += STRETCH) {
      // In 32-bit integers, which is three times as quick as counting values or adding doubles.
      let shortSum = 0;
      let shortSquares = 0;
      const end = first + Math.min(pixels, from + STRETCH) * channels;
      for (let i = first + from * channels; i < end; i += channels) {
        const value = images[i]!;
        shortSum = (shortSum + value) | 0;
        shortSquares = (shortSquares + value * value) | 0;
      }
      sum += shortSum;
      squares += shortSquares;
    }
  }
  return { sum, squares };
}

/** (channels, 256): fl((v/255 − mean)/std), computed in double. */
export function pixelTable({ mean, std }: ChannelStatistics): Float32Array {
  const table = new Float32Array(mean.length * levels);
  for (let i = 0; i < table.length; i++) {
    const channel = Math.floor(i / levels);
    table[i] = ((i % levels) / 255 - mean[channel]!) / std[channel]!;
  }
  return table;
}
