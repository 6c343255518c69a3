// Statistics of activations, against the same worked out at once from all values of a model run by hand.
import { expect, test } from 'vitest';
import { createModel } from '../../../trainer/kernels/reference/model.ts';
import { pixelValues } from '../../../trainer/kernels/reference/pixels.ts';
import { activationStatistics } from '../../../trainer/metrics/activationStatistics.ts';
import type { Subject } from '../../../trainer/metrics/metric.ts';
import { fused } from '../../../trainer/numbers/numbers.ts';
import { prepare } from '../../../trainer/prepare.ts';
import { measuredSample } from '../../../trainer/random/draws.ts';
import { dataset } from '../recorded.ts';
import { epochs, measured, recipe, reference } from './states.ts';

const { network, split, engineSpec } = prepare(recipe, dataset);

/** What every layer gives for all validation images at once, running statistics, no dropout. */
function outputsByHand() {
  const { state } = epochs[1]!;
  const model = createModel(fused, network, recipe.seed);
  for (const [name, values] of state.parameters) model.learned.parameters.get(name)!.set(values);
  for (const [name, { runningMean, runningVariance }] of state.batchNorm) {
    model.learned.batchNorm.get(name)!.runningMean.set(runningMean);
    model.learned.batchNorm.get(name)!.runningVariance.set(runningVariance);
  }
  const samples = split.validation;
  const { channels, height, width } = dataset.shape;
  const bytes = channels * height * width;
  const images = Uint8Array.from(
    [...samples].flatMap((sample) => [...dataset.train.images.subarray(sample * bytes, (sample + 1) * bytes)]),
  );
  const pass = { batch: samples.length, samples, epoch: 0, training: false, statistics: 'running' } as const;
  return model.outputs(pixelValues(fused, channels, engineSpec(1).pixelTable, images), pass);
}

test('of every layer', async () => {
  const values = await measured(reference(), 'activationStatistics');
  const byHand = outputsByHand();
  expect(Object.keys(values)).toHaveLength(6 * network.layers.length);
  for (const [place, { name, output }] of network.layers.entries()) {
    const all = [...byHand[place]!];
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    const channels = Array.from({ length: output[0] }, (_, channel) => all.filter((_value, i) => i % output[0] === channel));
    expect(values[`${name}/mean`], name).toBeCloseTo(mean, 12);
    expect(values[`${name}/std`], name).toBeCloseTo(Math.sqrt(variance), 12);
    expect(values[`${name}/min`], name).toBe(Math.min(...all));
    expect(values[`${name}/max`], name).toBe(Math.max(...all));
    expect(values[`${name}/zeros`], name).toBe(all.filter((value) => value === 0).length / all.length);
    expect(values[`${name}/dead`], name).toBe(channels.filter((of) => of.every((value) => value === 0)).length / channels.length);
  }
  expect(values['relu.1/zeros']).toBeGreaterThan(0);
});

test('a channel is dead where no image of any batch moves it', async () => {
  const layer = network.layers[0]!;
  // Four channels; the second lives in the first batch only, the third in none.
  const batches = [
    [1, 0, 0, 0, 1, 2, 0, 0],
    [1, 0, 0, -3],
  ].map((values) => [{ layer, values: Float32Array.from(values) }]);
  const subject: Subject = {
    classes: dataset.classes,
    outputs: () => Promise.reject(new Error('not asked for')),
    async *activations() {
      yield* batches;
    },
  };
  const values = await activationStatistics.measure(subject, { samples: 3 });
  expect(layer.output[0]).toBe(4);
  expect(values).toEqual({
    'conv2d.1/mean': expect.closeTo(2 / 12, 15),
    'conv2d.1/std': expect.closeTo(Math.sqrt((1 + 1 + 4 + 1 + 9) / 12 - (2 / 12) ** 2), 15),
    'conv2d.1/min': -3,
    'conv2d.1/max': 2,
    'conv2d.1/zeros': 7 / 12,
    'conv2d.1/dead': 1 / 4,
  });
});

test('the sample is the same for every run: ascending, without repeats, all of a small part', () => {
  const part = Uint32Array.from({ length: 50 }, (_, i) => 3 * i);
  const drawn = measuredSample('validation', part, 8);
  expect(drawn).toEqual(measuredSample('validation', part, 8));
  expect(drawn).not.toEqual(measuredSample('test', part, 8));
  expect(new Set(drawn).size).toBe(8);
  expect([...drawn]).toEqual([...drawn].sort((a, b) => a - b));
  expect([...drawn].every((sample) => part.includes(sample))).toBe(true);
  expect(measuredSample('validation', part, 512)).toEqual(part);
});
