// The whole small network, loss to every parameter, by finite differences in double; full and partial batches, with and without batch norm, residual blocks.
import { describe, test } from 'vitest';
import { crossEntropy } from '../../../trainer/kernels/reference/crossEntropy.ts';
import type { Pass } from '../../../trainer/kernels/reference/layers/layer.ts';
import { createModel } from '../../../trainer/kernels/reference/model.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { double } from '../../../trainer/numbers/numbers.ts';
import { expectGradient, mean } from './finiteDifferences.ts';
import {
  averagePool,
  blocksNetwork,
  concatenation,
  conv,
  dropout,
  flatten,
  gelu,
  linear,
  norm,
  pool,
  randomValues,
  relu,
  residual,
  scale,
  smallCnn,
} from './tiny.ts';

const unusual = resolveNetwork(
  [
    ...[norm('batchNorm2d.1'), conv('conv2d.1', 3, 3, 2, 1, false), relu('relu.1'), norm('batchNorm2d.2'), dropout('dropout.1', 0.2)],
    ...[pool('maxPool2d.1', 3, 1), flatten, relu('relu.2'), dropout('dropout.2', 0.3), linear('linear.1', 7, false), norm('batchNorm2d.3')],
    ...[relu('relu.3'), linear('linear.2')],
  ],
  [2, 9, 8],
  4,
);

const gate = (channels: number) => [averagePool('a', 3), flatten, linear('l1', 2), gelu('g1'), linear('l2', channels), gelu('g2')];

// GELU throughout: differences do not see a kink.
const joins = resolveNetwork(
  [
    residual('residual.1', [conv('c1', 4, 3, 2), norm('n1'), gelu('g1'), conv('c2', 4)], [conv('c1', 4, 1, 2, 0, false), norm('n1')]),
    ...[gelu('gelu.1'), concatenation('concatenation.1', [conv('c1', 2)], [], [conv('c1', 1), gelu('g1')], [])],
    ...[scale('scale.1', gate(11)), residual('residual.2', [conv('c1', 3), scale('s', gate(3))], [conv('c1', 3, 1, 1, 0)])],
    ...[averagePool('avgPool2d.1', 2), flatten, linear('linear.1')],
  ],
  [2, 6, 6],
  3,
);

const vectors = resolveNetwork(
  [
    ...[conv('conv2d.1', 3), pool('maxPool2d.1', 3), flatten],
    ...[concatenation('concatenation.1', [], [linear('l1', 5), gelu('g1')]), scale('scale.1', [linear('l1', 17)])],
    ...[residual('residual.1', [linear('l1', 4)], [linear('l1', 4), gelu('g1')]), linear('linear.1')],
  ],
  [1, 6, 6],
  3,
);

describe.each([
  { name: 'of projections, concatenations and scales', network: joins, batch: 3 },
  { name: 'of joins of vectors behind a flatten', network: vectors, batch: 3 },
  { name: 'with batch norm', network: smallCnn([2, 8, 8], 5, true), batch: 3 },
  { name: 'with batch norm, a batch beyond the sixteen groups', network: smallCnn([1, 5, 4], 3, true), batch: 17 },
  { name: 'without batch norm', network: smallCnn([2, 8, 8], 5, false), batch: 3 },
  { name: 'in an unusual order', network: unusual, batch: 4 },
  { name: 'of residual blocks', network: blocksNetwork([2, 6, 6], 3), batch: 3 },
])('small network $name', ({ network, batch }) => {
  const samples = Uint32Array.from({ length: batch }, (_, i) => 3 * i + 1);
  const pass: Pass = { batch, samples, epoch: 2, training: true, statistics: 'batch' };
  const [channels, height, width] = network.input;
  const x = randomValues(double, batch * channels * height * width, 5);
  const labels = Uint8Array.from(samples, (sample) => sample % network.classes);
  const model = createModel(double, network, 7);
  const forward = () => crossEntropy(double, network.classes, model.forward(x, pass), labels);
  const loss = () => mean(forward().losses);
  model.backward(forward().dlogits, pass);
  const gradients = new Map(model.learned.gradients);

  test.each(network.parameters.map(({ name }) => name))('%s', (name) => {
    expectGradient(loss, model.learned.parameters.get(name)!, gradients.get(name)!, 1e-7);
  });
});
