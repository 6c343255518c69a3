// Whole small networks trained ten steps from PyTorch's initial weights, one plain with Adam, one of residual blocks with GELU and average
// pooling, with momentum and weight decay: loss curve, weights, running statistics, evaluation.
import { describe, expect, test } from 'vitest';
import { crossEntropy } from '../../trainer/kernels/reference/crossEntropy.ts';
import type { Pass } from '../../trainer/kernels/reference/layers/layer.ts';
import { createModel } from '../../trainer/kernels/reference/model.ts';
import { createOptimizer } from '../../trainer/kernels/reference/optimizers/index.ts';
import { type Network, resolveNetwork } from '../../trainer/network.ts';
import { double, fused, type Numbers, strict } from '../../trainer/numbers/numbers.ts';
import type { Optimizer } from '../../trainer/recipe.ts';
import { mean } from '../trainer/reference/finiteDifferences.ts';
import { averagePool, conv, flatten, gelu, linear, norm, pool, relu, residual } from '../trainer/reference/tiny.ts';
import { canonical, expectValues, input, load, type Tensor } from './fixtures.ts';

interface NetworkCase {
  settings: Optimizer;
  x: Tensor;
  labels: number[];
  start: Record<string, Tensor>;
  steps: { samples: number[]; loss: number }[];
  end: Record<string, Tensor>;
  batchNorm: Record<string, { runningMean: Tensor; runningVariance: Tensor }>;
  evaluated: Tensor;
}

const noBias = (name: string, out: number) => conv(name, out, 3, 1, 1, false);

const plain = [
  ...[noBias('conv2d.1', 3), norm('batchNorm2d.1'), relu('relu.1'), pool('maxPool2d.1')],
  ...[noBias('conv2d.2', 4), norm('batchNorm2d.2'), relu('relu.2'), pool('maxPool2d.2')],
  ...[flatten, linear('linear.1', 6), linear('linear.2')],
];

const blocks = [
  ...[noBias('conv2d.1', 4), norm('batchNorm2d.1'), gelu('gelu.1'), averagePool('avgPool2d.1')],
  residual('residual.1', [
    ...[noBias('conv2d.1', 4), norm('batchNorm2d.1'), relu('relu.1')],
    ...[noBias('conv2d.2', 4), norm('batchNorm2d.2')],
  ]),
  relu('relu.1'),
  residual('residual.2', [
    ...[norm('batchNorm2d.1'), gelu('gelu.1'), conv('conv2d.1', 4)],
    residual('residual.1', [conv('conv2d.1', 4), gelu('gelu.1')]),
  ]),
  ...[averagePool('avgPool2d.2'), flatten, residual('residual.3', [linear('linear.1', 16), gelu('gelu.1')]), linear('linear.1')],
];

const networks = [
  { name: 'network', layers: plain },
  { name: 'residual', layers: blocks },
];

/** Trains the fixture's steps; gives the loss of each. */
function train(numbers: Numbers, network: Network, fixture: NetworkCase) {
  const model = createModel(numbers, network, 0);
  const { parameters, gradients } = model.learned;
  for (const [name, values] of parameters) values.set(canonical(numbers, fixture.start[name]!));
  const optimizer = createOptimizer(numbers, fixture.settings, network.parameters, model.matrices);
  const images = input(numbers, fixture.x);
  const losses = fixture.steps.map(({ samples }, step) => {
    const x = numbers.allocate(samples.length * 128).map((_, i) => images[samples[Math.floor(i / 128)]! * 128 + (i % 128)]!);
    const labels = Uint8Array.from(samples, (sample) => fixture.labels[sample]!);
    const pass: Pass = { batch: samples.length, samples: Uint32Array.from(samples), epoch: 1, training: true, statistics: 'batch' };
    const result = crossEntropy(numbers, 5, model.forward(x, pass), labels);
    model.backward(result.dlogits, pass);
    for (const [name, values] of parameters) optimizer.step(name, values, gradients.get(name)!, fixture.settings.lr, step + 1);
    return mean(result.losses);
  });
  return { model, losses };
}

describe.each(networks)('$name', ({ name, layers }) => {
  const fixture = load<NetworkCase>(name);
  const network = resolveNetwork(layers, [2, 8, 8], 5);

  test('in double: every loss, weight and statistic within 1e-10', () => {
    const { model, losses } = train(double, network, fixture);
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

  test.each([fused, strict])('in Float32, $name: the loss curve of ten steps within 1e-6 (measured: below 1.5e-7)', (numbers) => {
    const { losses } = train(numbers, network, fixture);
    expect(losses.length).toBe(10);
    for (const [i, loss] of losses.entries()) expect(Math.abs(loss - fixture.steps[i]!.loss)).toBeLessThan(1e-6);
  });
});
