// How each layer's outputs lie: their mean, spread and range, how many are zero, and how many channels are zero for every image.
import { type Moments, mergeMoments, noMoments } from '../numbers/moments.ts';
import type { Activations, Metric, MetricValues } from './metric.ts';

const SAMPLES = 512;

interface Settings {
  /** Images at most. */
  samples: number;
}

/** Of one layer, over the batches so far. */
interface Gathered {
  moments: Moments;
  min: number;
  max: number;
  zeros: number;
  /** By channel: whether any value was not zero. */
  alive: Uint8Array;
}

function momentsOf(values: Float32Array): Moments {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let m2 = 0;
  for (const value of values) m2 += (value - mean) * (value - mean);
  return { count: values.length, mean, m2 };
}

function gather(before: Gathered | undefined, { layer, values }: Activations): Gathered {
  const [channels] = layer.output;
  const alive = before?.alive ?? new Uint8Array(channels);
  let { min, max, zeros } = before ?? { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, zeros: 0 };
  for (const [i, value] of values.entries()) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value === 0) zeros++;
    else alive[i % channels] = 1;
  }
  return { moments: mergeMoments(before?.moments ?? noMoments, momentsOf(values)), min, max, zeros, alive };
}

export const activationStatistics: Metric<Settings> = {
  description: "each layer's outputs: mean, range, zeros, dead channels",
  augmented: false,
  settings: () => ({ samples: SAMPLES }),
  async measure({ activations }, { samples }) {
    const layers = new Map<string, Gathered>();
    for await (const batch of activations(samples)) {
      for (const given of batch) layers.set(given.layer.name, gather(layers.get(given.layer.name), given));
    }
    const values: MetricValues = {};
    for (const [name, { moments, min, max, zeros, alive }] of layers) {
      values[`${name}/mean`] = moments.mean;
      values[`${name}/std`] = Math.sqrt(moments.m2 / moments.count);
      values[`${name}/min`] = min;
      values[`${name}/max`] = max;
      values[`${name}/zeros`] = zeros / moments.count;
      values[`${name}/dead`] = alive.filter((lives) => lives === 0).length / alive.length;
    }
    return values;
  },
};
