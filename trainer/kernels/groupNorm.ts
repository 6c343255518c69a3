// What group norm does between the passes over a sample: merging its moments and sums over the channels of each group in double, in the fixed
// order of docs/numerics.md, and turning them into the constants that batch norm's passes take (channelPass.ts, smoothPass.ts).
import { type Moments, mergeMoments, noMoments } from '../numbers/moments.ts';
import type { ChannelConstants } from './batchNorm.ts';

/** Moments of channels first … end − 1 of one sample: `samples` holds shift, sum and sum of squares, each a row of `row` channels. */
export function momentsOfChannels(samples: Float32Array, row: number, first: number, end: number, pixels: number): Moments {
  let moments = noMoments;
  for (let channel = first; channel < end; channel++) {
    const sum = samples[channel + row]!;
    const m2 = Math.max(0, samples[channel + 2 * row]! - (sum * sum) / pixels);
    moments = mergeMoments(moments, { count: pixels, mean: samples[channel]! + sum / pixels, m2 });
  }
  return moments;
}

/** A group's channels of a sample: the forward constants, and 1/√(variance + eps), the same for each of them. */
export function finishGroup(
  moments: Moments,
  eps: number,
  [first, end]: readonly [first: number, end: number],
  gamma: Float32Array,
  beta: Float32Array,
  inverseStd: Float32Array,
  constants: ChannelConstants,
): void {
  const inverse = Math.fround(1 / Math.sqrt(moments.m2 / moments.count + eps));
  for (let channel = first; channel < end; channel++) {
    inverseStd[channel] = inverse;
    constants.mean[channel] = moments.mean;
    constants.scale[channel] = gamma[channel]! * inverse;
    constants.beta[channel] = beta[channel]!;
  }
}

/** Backward: from a sample's sums of g and of g·(x − mean) to the constants of dx, for a group of `count` values. */
export function finishGroupGradients(
  sums: Float32Array,
  products: Float32Array,
  count: number,
  [first, end]: readonly [first: number, end: number],
  gamma: Float32Array,
  inverseStd: Float32Array,
  constants: ChannelConstants,
): void {
  let total = 0;
  let centredTotal = 0;
  for (let channel = first; channel < end; channel++) {
    total += gamma[channel]! * sums[channel]!;
    centredTotal += gamma[channel]! * products[channel]!;
  }
  const inverse = inverseStd[first]!;
  constants.ofCentred.fill((-inverse * inverse * inverse * centredTotal) / count, first, end);
  constants.addend.fill((-inverse * total) / count, first, end);
}
