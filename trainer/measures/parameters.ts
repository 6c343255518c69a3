// Summaries and histograms of parameters and their gradients, once an epoch where the recipe asks. In double, in canonical order.
import type { ParametersMeasured, Summary } from '../facts.ts';
import { packSeries } from './series.ts';

const bins = 32;

/** Mean, population standard deviation, smallest and largest; NaN passes through all four. */
export function summarize(values: Float32Array): Summary {
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, std: Math.sqrt(squares / values.length), min, max };
}

/** Counts in 32 bins of equal width from min to max; all in the first where these are equal, none where they are not finite. */
export function histogram(values: Float32Array, { min, max }: Summary): Float32Array {
  const counts = new Float32Array(bins);
  if (!Number.isFinite(max - min)) return counts;
  for (const value of values) {
    const bin = max > min ? Math.floor(((value - min) / (max - min)) * bins) : 0;
    counts[Math.min(bin, bins - 1)]!++;
  }
  return counts;
}

/** The fact, from parameters and the last step's gradients by name. */
export function measureParameters(
  epoch: number,
  weights: ReadonlyMap<string, Float32Array>,
  gradients: ReadonlyMap<string, Float32Array>,
): ParametersMeasured {
  const parameters: ParametersMeasured['data']['parameters'] = {};
  const series: [string, Float32Array][] = [];
  for (const [name, values] of weights) {
    const gradient = gradients.get(name)!;
    parameters[name] = { weight: summarize(values), gradient: summarize(gradient) };
    series.push([`${name}/weightHistogram`, histogram(values, parameters[name].weight)]);
    series.push([`${name}/gradientHistogram`, histogram(gradient, parameters[name].gradient)]);
  }
  const { index, arrays } = packSeries(series);
  return { type: 'ParametersMeasured', data: { epoch, parameters, arrays: index }, measured: {}, arrays };
}
