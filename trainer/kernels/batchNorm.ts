// What batch norm does between the passes over the samples: merging moments and sums over the batch in double, in the fixed order of
// docs/numerics.md, and turning them into one constant a channel for the passes that follow. Everything a sample at a time is in channelPass.ts.
import type { BatchNormState } from '../engine.ts';
import { CHANNEL_GROUPS, groupStart } from '../numbers/groups.ts';

/** Constants of one layer, each (channels): views into the arena. */
export interface ChannelConstants {
  mean: Float32Array;
  scale: Float32Array;
  beta: Float32Array;
  ofCentred: Float32Array;
  addend: Float32Array;
}

/** A group's moments: count, mean, sum of squared deviations. */
const counts = new Float64Array(CHANNEL_GROUPS);
const means = new Float64Array(CHANNEL_GROUPS);
const deviations = new Float64Array(CHANNEL_GROUPS);

/** Adds moments to those of `group` (Chan); an empty side leaves the other as it is. */
function merge(group: number, count: number, mean: number, m2: number): void {
  if (count === 0) return;
  const held = counts[group]!;
  if (held === 0) {
    counts[group] = count;
    means[group] = mean;
    deviations[group] = m2;
    return;
  }
  const total = held + count;
  const delta = mean - means[group]!;
  deviations[group] = deviations[group]! + m2 + (delta * delta * held * count) / total;
  means[group] = means[group]! + (delta * count) / total;
  counts[group] = total;
}

/**
 * Moments of each channel over the batch: `samples` holds, every `stride` floats, a sample's shift, sum and sum of squares, each a row of
 * `stride / 3`. Writes mean and squared deviations (channels).
 */
export function mergeSamples(
  samples: Float32Array,
  stride: number,
  batch: number,
  pixels: number,
  mean: Float64Array,
  m2: Float64Array,
): void {
  const row = stride / 3;
  for (let channel = 0; channel < mean.length; channel++) {
    counts.fill(0);
    for (let group = 0; group < CHANNEL_GROUPS; group++) {
      const end = groupStart(group + 1, CHANNEL_GROUPS, batch);
      for (let sample = groupStart(group, CHANNEL_GROUPS, batch); sample < end; sample++) {
        const at = sample * stride + channel;
        const sum = samples[at + row]!;
        merge(group, pixels, samples[at]! + sum / pixels, Math.max(0, samples[at + 2 * row]! - (sum * sum) / pixels));
      }
    }
    for (let distance = 1; distance < CHANNEL_GROUPS; distance *= 2) {
      for (let group = 0; group < CHANNEL_GROUPS; group += 2 * distance) {
        const other = group + distance;
        merge(group, counts[other]!, means[other]!, deviations[other]!);
      }
    }
    mean[channel] = means[0]!;
    m2[channel] = deviations[0]!;
  }
}

/** Sums over samples of one value a channel, in double: `samples` holds a row of values every `stride` floats. */
export function sumSamples(samples: Float32Array, stride: number, batch: number, sums: Float64Array): void {
  const groups = means;
  for (let channel = 0; channel < sums.length; channel++) {
    for (let group = 0; group < CHANNEL_GROUPS; group++) {
      let sum = 0;
      const end = groupStart(group + 1, CHANNEL_GROUPS, batch);
      for (let sample = groupStart(group, CHANNEL_GROUPS, batch); sample < end; sample++) sum += samples[sample * stride + channel]!;
      groups[group] = sum;
    }
    for (let distance = 1; distance < CHANNEL_GROUPS; distance *= 2) {
      for (let group = 0; group < CHANNEL_GROUPS; group += 2 * distance) groups[group] = groups[group]! + groups[group + distance]!;
    }
    sums[channel] = groups[0]!;
  }
}

/** Normalising with the batch: the forward constants, and with `state` the running and last statistics moved on. */
export function finishStatistics(
  mean: Float64Array,
  m2: Float64Array,
  count: number,
  eps: number,
  momentum: number,
  gamma: Float32Array,
  beta: Float32Array,
  inverseStd: Float32Array,
  constants: ChannelConstants,
  state: BatchNormState | null,
): void {
  for (let channel = 0; channel < mean.length; channel++) {
    const variance = m2[channel]! / count;
    inverseStd[channel] = 1 / Math.sqrt(variance + eps);
    constants.mean[channel] = mean[channel]!;
    constants.scale[channel] = gamma[channel]! * inverseStd[channel]!;
    constants.beta[channel] = beta[channel]!;
    if (state === null) continue;
    state.batchMean[channel] = mean[channel]!;
    state.batchVariance[channel] = variance;
    state.runningMean[channel] = (1 - momentum) * state.runningMean[channel]! + momentum * mean[channel]!;
    state.runningVariance[channel] = (1 - momentum) * state.runningVariance[channel]! + momentum * (m2[channel]! / (count - 1));
  }
}

/** Normalising with running statistics: the forward constants. */
export function useRunning(
  { runningMean, runningVariance }: BatchNormState,
  eps: number,
  gamma: Float32Array,
  beta: Float32Array,
  constants: ChannelConstants,
): void {
  for (let channel = 0; channel < runningMean.length; channel++) {
    const inverse = Math.fround(1 / Math.sqrt(runningVariance[channel]! + eps));
    constants.mean[channel] = runningMean[channel]!;
    constants.scale[channel] = gamma[channel]! * inverse;
    constants.beta[channel] = beta[channel]!;
  }
}

/** Backward: from sums of g and of g·(x − mean) to the gradients of gamma and beta and the constants of dx. */
export function finishGradients(
  sums: Float64Array,
  products: Float64Array,
  count: number,
  inverseStd: Float32Array,
  constants: ChannelConstants,
  dgamma: Float32Array,
  dbeta: Float32Array,
): void {
  for (let channel = 0; channel < sums.length; channel++) {
    const scale = constants.scale[channel]!;
    const inverse = inverseStd[channel]!;
    dbeta[channel] = sums[channel]!;
    dgamma[channel] = products[channel]! * inverse;
    constants.ofCentred[channel] = (-scale * inverse * inverse * products[channel]!) / count;
    constants.addend[channel] = (-scale * sums[channel]!) / count;
  }
}
