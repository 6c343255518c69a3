// Forward against backward of every operation, by finite differences in double; odd maps, strides, paddings and overlapping windows.
import { describe, expect, test } from 'vitest';
import { activationBackward, activationForward } from '../../../trainer/kernels/reference/activations.ts';
import { avgPoolBackward, avgPoolForward } from '../../../trainer/kernels/reference/avgPool2d.ts';
import { batchNormalizer, batchNormBackward, batchNormForward, batchNormMoments } from '../../../trainer/kernels/reference/batchNorm2d.ts';
import {
  type Convolution,
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from '../../../trainer/kernels/reference/conv2d.ts';
import { crossEntropy } from '../../../trainer/kernels/reference/crossEntropy.ts';
import { applyChannelDropout, applyDropout, dropoutFactors } from '../../../trainer/kernels/reference/dropout.ts';
import { groupNormalizer, groupNormBackward, groupNormForward } from '../../../trainer/kernels/reference/groupNorm.ts';
import { layerNormBackward, layerNormForward } from '../../../trainer/kernels/reference/layerNorm.ts';
import {
  canonicalColumns,
  linearBiasGradient,
  linearForward,
  linearInputGradient,
  linearWeightGradient,
} from '../../../trainer/kernels/reference/linear.ts';
import { maxPoolBackward, maxPoolForward } from '../../../trainer/kernels/reference/maxPool2d.ts';
import { targetLosses } from '../../../trainer/kernels/reference/targetLosses.ts';
import { axesOf, positionsOf } from '../../../trainer/layers/axis.ts';
import { type PoolingLayer, poolingOf, takenBy } from '../../../trainer/layers/poolings.ts';
import { type Loss, lossName } from '../../../trainer/losses/index.ts';
import { lossFactors, oneHot, targetRow } from '../../../trainer/losses/targets.ts';
import type { Shape } from '../../../trainer/network.ts';
import { double } from '../../../trainer/numbers/numbers.ts';
import { dropoutKey } from '../../../trainer/random/draws.ts';
import { dot, expectGradient, mean } from './finiteDifferences.ts';
import { activations, averagePool, pool, randomValues } from './tiny.ts';

const random = (count: number, seed: number) => randomValues(double, count, seed);

/** Length of an output side. */
const side = (length: number, kernel: number, stride: number, padding: number) => Math.floor((length + 2 * padding - kernel) / stride) + 1;

describe.each([
  { kernel: 3, stride: 1, padding: 1 },
  { kernel: 1, stride: 1, padding: 0 },
  { kernel: 3, stride: 2, padding: 0 },
  { kernel: 2, stride: 3, padding: 1 },
  { kernel: 5, stride: 2, padding: 3 },
])('conv2d, kernel $kernel, stride $stride, padding $padding', ({ kernel, stride, padding }) => {
  const input: Shape = [2, 5, 6];
  const output: Shape = [3, side(5, kernel, stride, padding), side(6, kernel, stride, padding)];
  const convolution: Convolution = { input, output, kernel, stride, padding };
  const batch = 3;
  const x = random(batch * 2 * 5 * 6, 1);
  const weight = random(3 * 2 * kernel * kernel, 2);
  const bias = random(3, 3);
  const dy = random(batch * output[0] * output[1] * output[2], 4);
  const loss = () => dot(conv2dForward(double, convolution, batch, x, weight, bias), dy);

  test('input gradient', () => expectGradient(loss, x, conv2dInputGradient(double, convolution, batch, dy, weight)));
  test('weight gradient', () => expectGradient(loss, weight, conv2dWeightGradient(double, convolution, batch, x, dy)));
  test('bias gradient', () => expectGradient(loss, bias, conv2dBiasGradient(double, convolution, batch, dy)));
});

describe.each<Omit<Convolution, 'input' | 'output'> & { maps: Shape; filters: number }>([
  { maps: [2, 5, 6], filters: 3, kernel: [3, 2], stride: [2, 1], padding: [0, 1] },
  { maps: [2, 6, 7], filters: 2, kernel: 3, stride: 2, padding: 2, dilation: [2, 3] },
  { maps: [2, 4, 5], filters: 3, kernel: [2, 4], stride: 1, padding: 'same' },
  { maps: [4, 5, 4], filters: 6, kernel: 3, stride: 1, padding: 1, groups: 2 },
  { maps: [3, 5, 4], filters: 6, kernel: 3, stride: 2, padding: 1, groups: 3 },
  { maps: [2, 3, 4], filters: 2, kernel: 3, stride: 1, padding: [2, 3], paddingMode: 'reflect' },
  { maps: [2, 4, 5], filters: 2, kernel: 4, stride: 1, padding: 'same', paddingMode: 'reflect', groups: 2 },
])('conv2d %j', ({ maps, filters, ...settings }) => {
  const [down, across] = axesOf(settings);
  const output: Shape = [filters, positionsOf(maps[1], down), positionsOf(maps[2], across)];
  const convolution: Convolution = { input: maps, output, ...settings };
  const batch = 2;
  const x = random(batch * maps[0] * maps[1] * maps[2], 1);
  const weight = random(filters * (maps[0] / (settings.groups ?? 1)) * down.kernel * across.kernel, 2);
  const dy = random(batch * output[0] * output[1] * output[2], 4);
  const loss = () => dot(conv2dForward(double, convolution, batch, x, weight, null), dy);

  test('input gradient', () => expectGradient(loss, x, conv2dInputGradient(double, convolution, batch, dy, weight)));
  test('weight gradient', () => expectGradient(loss, weight, conv2dWeightGradient(double, convolution, batch, x, dy)));
});

describe.each([{ maps: [2, 3, 2] as Shape }, { maps: [5, 1, 1] as Shape }])('linear behind maps of $maps', ({ maps }) => {
  const columns = canonicalColumns(maps);
  const [I, O, batch] = [columns.length, 4, 3];
  const x = random(batch * I, 1);
  const weight = random(O * I, 2);
  const bias = random(O, 3);
  const dy = random(batch * O, 4);
  const loss = () => dot(linearForward(double, columns, O, batch, x, weight, bias), dy);

  test('input gradient', () => expectGradient(loss, x, linearInputGradient(double, columns, O, batch, dy, weight)));
  test('weight gradient', () => expectGradient(loss, weight, linearWeightGradient(double, columns, O, batch, x, dy)));
  test('bias gradient', () => expectGradient(loss, bias, linearBiasGradient(double, O, batch, dy)));
});

describe.each([{ batch: 1 }, { batch: 5 }, { batch: 18 }])('batchNorm2d, batch $batch', ({ batch }) => {
  const shape: Shape = [3, 2, 3];
  const x = random(batch * 18, 1);
  const gamma = random(3, 2);
  const beta = random(3, 3);
  const dy = random(batch * 18, 4);
  const normalizer = () => batchNormalizer(double, batchNormMoments(double, shape, batch, x), 1e-5);
  const loss = () => dot(batchNormForward(double, 3, x, normalizer(), gamma, beta), dy);
  const gradients = batchNormBackward(double, shape, batch, x, dy, normalizer(), gamma);

  test('input gradient, through the statistics', () => expectGradient(loss, x, gradients.dx, 1e-7));
  test('gamma gradient', () => expectGradient(loss, gamma, gradients.dgamma));
  test('beta gradient', () => expectGradient(loss, beta, gradients.dbeta));
});

describe.each([1, 2, 6])('groupNorm, %i groups', (groups) => {
  const shape: Shape = [6, 2, 3];
  const [x, gamma, beta, dy] = [random(2 * 36, 1), random(6, 2), random(6, 3), random(2 * 36, 4)];
  const normalizer = () => groupNormalizer(double, shape, groups, 2, x, 1e-5);
  const loss = () => dot(groupNormForward(double, shape, groups, x, normalizer(), gamma, beta), dy);
  const gradients = groupNormBackward(double, shape, groups, 2, x, dy, normalizer(), gamma);

  test('input gradient, through the statistics', () => expectGradient(loss, x, gradients.dx, 1e-7));
  test('gamma gradient', () => expectGradient(loss, gamma, gradients.dgamma));
  test('beta gradient', () => expectGradient(loss, beta, gradients.dbeta));
});

describe('layerNorm', () => {
  const shape: Shape = [3, 2, 4];
  const [x, gamma, beta, dy] = [random(3 * 24, 1), random(24, 2), random(24, 3), random(3 * 24, 4)];
  const normalizer = () => groupNormalizer(double, shape, 1, 3, x, 1e-5);
  const loss = () => dot(layerNormForward(double, shape, x, normalizer(), gamma, beta), dy);
  const gradients = layerNormBackward(double, shape, 3, x, dy, normalizer(), gamma);

  test('input gradient, through the statistics', () => expectGradient(loss, x, gradients.dx, 1e-7));
  test('gamma gradient', () => expectGradient(loss, gamma, gradients.dgamma));
  test('beta gradient', () => expectGradient(loss, beta, gradients.dbeta));
});

/** Windows of every kind over odd maps: that overlap, leave pixels out, are cut by an edge, dilated, of two lengths. */
const poolings: [name: string, layer: PoolingLayer][] = [
  ['kernel 2', pool('p', 2)],
  ['kernel 3, stride 2', pool('p', 3, 2)],
  ['kernel 3, stride 1', pool('p', 3, 1)],
  ['kernel 2, stride 3', pool('p', 2, 3)],
  [
    'rectangular, padded, dilated, ceil mode',
    { kind: 'maxPool2d', name: 'p', kernel: [3, 2], stride: [2, 3], padding: [1, 0], dilation: [1, 2], ceilMode: true },
  ],
  ['average, padded', { kind: 'avgPool2d', name: 'p', kernel: 3, stride: 2, padding: 1 }],
  [
    'average, padded, padding not counted, ceil mode',
    { kind: 'avgPool2d', name: 'p', kernel: [2, 3], stride: 2, padding: 1, ceilMode: true, countIncludePad: false },
  ],
  ['average, kernel 2, stride 3', averagePool('p', 2, 3)],
  ['average, kernel 3, stride 1', averagePool('p', 3, 1)],
  ['adaptive, sizes that do not divide', { kind: 'adaptiveAvgPool2d', name: 'p', outputSize: [4, 5] }],
  ['global', { kind: 'globalAvgPool', name: 'p' }],
];

test.each(poolings)('pooling, %s: input gradient', (_, layer) => {
  const pooling = poolingOf(layer, [2, 6, 7]);
  const x = random(2 * 2 * 6 * 7, 1);
  const average = takenBy(layer) === 'average';
  const forward = () => (average ? avgPoolForward(double, pooling, 2, x) : maxPoolForward(double, pooling, 2, x));
  const y = forward();
  const dy = random(y.length, 2);
  const dx = average ? avgPoolBackward(double, pooling, 2, dy) : maxPoolBackward(double, pooling, 2, x, y, dy);
  expectGradient(() => dot(forward(), dy), x, dx);
});

test.each(activations)('$kind: input gradient', (layer) => {
  // Wide enough for both bends of hardswish and both formulas of tanh.
  const x = randomValues(double, 60, 1, 5);
  const dy = random(60, 2);
  expectGradient(() => dot(activationForward(double, layer, x), dy), x, activationBackward(double, layer, x, dy));
});

test('dropout: input gradient, under the mask of the forward pass', () => {
  const x = random(60, 1);
  const dy = random(60, 2);
  const factors = dropoutFactors(double, dropoutKey(1, 'dropout.1'), 0.4, Uint32Array.of(9, 4, 7), 2, 20);
  expect(new Set(factors)).toEqual(new Set([0, 1 / 0.6]));
  expectGradient(() => dot(applyDropout(double, factors, x), dy), x, applyDropout(double, factors, dy));
});

test('dropout2d: input gradient, each map as a whole', () => {
  const shape: Shape = [5, 2, 3];
  const [x, dy] = [random(60, 1), random(60, 2)];
  const factors = dropoutFactors(double, dropoutKey(1, 'dropout2d.1'), 0.4, Uint32Array.of(9, 4), 2, 5);
  expect(new Set(factors)).toEqual(new Set([0, 1 / 0.6]));
  const y = applyChannelDropout(double, shape, factors, random(60, 3).fill(1));
  for (let c = 0; c < 5; c++) expect(new Set(y.filter((_, i) => i < 30 && i % 5 === c))).toEqual(new Set([factors[c]]));
  expectGradient(() => dot(applyChannelDropout(double, shape, factors, x), dy), x, applyChannelDropout(double, shape, factors, dy));
});

test('cross-entropy: gradient of the mean loss by the logits', () => {
  const [batch, K] = [4, 19];
  const logits = randomValues(double, batch * K, 1, 5);
  const labels = Uint8Array.of(0, 18, 7, 7);
  const loss = () => mean(crossEntropy(double, K, logits, labels).losses);
  expectGradient(loss, logits, crossEntropy(double, K, logits, labels).dlogits);
});

describe.each<{ loss: Loss; given: boolean }>([
  { loss: { crossEntropy: { labelSmoothing: 0.2 } }, given: false },
  { loss: { crossEntropy: { labelSmoothing: 0.2, weight: [0.5, 2, 0, 1, 3, 0.1] } }, given: false },
  { loss: 'crossEntropy', given: true },
  { loss: 'mse', given: false },
  { loss: 'mse', given: true },
  { loss: 'bceWithLogits', given: false },
  { loss: 'bceWithLogits', given: true },
])('loss $loss, targets given: $given', ({ loss, given }) => {
  const [batch, K] = [4, 6];
  const logits = randomValues(double, batch * K, 1, 3);
  const q = randomValues(double, batch * K, 2).map(Math.abs);
  const labels = Uint8Array.of(0, 5, 1, 5);
  const targets = double.allocate(batch * K);
  for (const [n, label] of labels.entries()) {
    targets.set(targetRow(loss, given ? q.subarray(n * K, (n + 1) * K) : oneHot(K, label)), n * K);
  }
  const factors = lossFactors(loss, K, batch, given ? null : labels);
  const losses = () => targetLosses(double, lossName(loss), K, logits, targets, factors);

  test('gradient of the mean loss by the logits', () => expectGradient(() => mean(losses().losses), logits, losses().dlogits));
});
