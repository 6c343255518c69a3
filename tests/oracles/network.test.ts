// A whole small network trained ten steps with Adam, from PyTorch's initial weights: loss curve, weights, running statistics, evaluation.
import { expect, test } from 'vitest';
import { crossEntropy } from '../../trainer/kernels/reference/crossEntropy.ts';
import type { Pass } from '../../trainer/kernels/reference/layers/layer.ts';
import { createModel } from '../../trainer/kernels/reference/model.ts';
import { createOptimizer } from '../../trainer/kernels/reference/optimizer.ts';
import { resolveNetwork } from '../../trainer/network.ts';
import { double, fused, type Numbers, strict } from '../../trainer/numbers/numbers.ts';
import { mean } from '../trainer/reference/finiteDifferences.ts';
import { conv, flatten, linear, norm, pool, relu } from '../trainer/reference/tiny.ts';
import { canonical, expectValues, input, load, type Tensor } from './fixtures.ts';

interface NetworkCase {
  lr: number;
  x: Tensor;
  labels: number[];
  start: Record<string, Tensor>;
  steps: { samples: number[]; loss: number }[];
  end: Record<string, Tensor>;
  batchNorm: Record<string, { runningMean: Tensor; runningVariance: Tensor }>;
  evaluated: Tensor;
}

const fixture = load<NetworkCase>('network');

const network = resolveNetwork(
  [
    ...[conv('conv2d.1', 3, 3, 1, 1, false), norm('batchNorm2d.1'), relu('relu.1'), pool('maxPool2d.1')],
    ...[conv('conv2d.2', 4, 3, 1, 1, false), norm('batchNorm2d.2'), relu('relu.2'), pool('maxPool2d.2')],
    ...[flatten, linear('linear.1', 6), linear('linear.2')],
  ],
  [2, 8, 8],
  5,
);

/** Trains the fixture's steps; gives the loss of each. */
function train(numbers: Numbers) {
  const model = createModel(numbers, network, 0);
  const { parameters, gradients } = model.learned;
  for (const [name, values] of parameters) values.set(canonical(numbers, fixture.start[name]!));
  const settings = { type: 'adam', lr: fixture.lr, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 } as const;
  const optimizer = createOptimizer(numbers, settings, parameters);
  const images = input(numbers, fixture.x);
  const losses = fixture.steps.map(({ samples }, step) => {
    const x = numbers.allocate(samples.length * 128).map((_, i) => images[samples[Math.floor(i / 128)]! * 128 + (i % 128)]!);
    const labels = Uint8Array.from(samples, (sample) => fixture.labels[sample]!);
    const pass: Pass = { batch: samples.length, samples: Uint32Array.from(samples), epoch: 1, training: true, statistics: 'batch' };
    const result = crossEntropy(numbers, 5, model.forward(x, pass), labels);
    model.backward(result.dlogits, pass);
    for (const [name, values] of parameters) optimizer.step(name, values, gradients.get(name)!, fixture.lr, step + 1);
    return mean(result.losses);
  });
  return { model, losses };
}

test('in double: every loss, weight and statistic within 1e-10', () => {
  const { model, losses } = train(double);
  expectValues(
    double,
    losses,
    fixture.steps.map(({ loss }) => loss),
    1,
    0,
  );
  for (const [name, values] of model.learned.parameters) expectValues(double, values, fixture.end[name]!.values, 1, 0);
  for (const [layer, { runningMean, runningVariance }] of model.learned.batchNorm) {
    expectValues(double, runningMean, fixture.batchNorm[layer]!.runningMean.values, 1, 0);
    expectValues(double, runningVariance, fixture.batchNorm[layer]!.runningVariance.values, 1, 0);
  }
  const samples = Uint32Array.from(fixture.labels.keys());
  const pass: Pass = { batch: samples.length, samples, epoch: 1, training: false, statistics: 'running' };
  expectValues(double, model.forward(input(double, fixture.x), pass), fixture.evaluated.values, 1, 0);
});

test.each([fused, strict])('in Float32, $name: the loss curve of ten steps within 1e-6 (measured: 8e-8)', (numbers) => {
  const { losses } = train(numbers);
  expect(losses.length).toBe(10);
  for (const [i, loss] of losses.entries()) expect(Math.abs(loss - fixture.steps[i]!.loss)).toBeLessThan(1e-6);
});
