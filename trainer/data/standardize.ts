// Preprocessing `standardize`: per-channel mean and standard deviation of the training part, and the table that turns bytes into numbers.
import type { ImageShape, ImageSplit } from './images.ts';

/** Of v/255, by channel. */
export interface ChannelStatistics {
  mean: number[];
  std: number[];
}

const levels = 256;

/**
 * Mean and population standard deviation a channel over `samples` (indices into `split`): Σv and Σv² as exact integers, the rest in double.
 * A channel that never changes gets the deviation 1, so that it becomes 0 and not NaN.
 */
export function channelStatistics(split: ImageSplit, shape: ImageShape, samples: Uint32Array): ChannelStatistics {
  const { channels, height, width } = shape;
  const pixels = height * width;
  const histogram = new Float64Array(channels * levels);
  for (const sample of samples) {
    const first = sample * pixels * channels;
    for (let i = 0; i < pixels * channels; i++) histogram[(i % channels) * levels + split.images[first + i]!]!++;
  }
  const count = samples.length * pixels;
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    let squares = 0;
    for (let v = 0; v < levels; v++) {
      sum += v * histogram[channel * levels + v]!;
      squares += v * v * histogram[channel * levels + v]!;
    }
    const variance = squares / count - (sum / count) * (sum / count);
    mean.push(sum / count / 255);
    std.push(variance > 0 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
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
