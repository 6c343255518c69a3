// Forward against backward of every operation, by finite differences in double; odd maps, strides, paddings and overlapping windows.
import { describe, expect, test } from 'vitest';
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
import { applyDropout, dropoutFactors } from '../../../trainer/kernels/reference/dropout.ts';
import { geluBackward, geluForward } from '../../../trainer/kernels/reference/gelu.ts';
import {
  canonicalColumns,
  linearBiasGradient,
  linearForward,
  linearInputGradient,
  linearWeightGradient,
} from '../../../trainer/kernels/reference/linear.ts';
import { maxPoolBackward, maxPoolForward, type Pooling } from '../../../trainer/kernels/reference/maxPool2d.ts';
import { reluBackward, reluForward } from '../../../trainer/kernels/reference/relu.ts';
import { axesOf, positionsOf } from '../../../trainer/layers/axis.ts';
import type { Shape } from '../../../trainer/network.ts';
import { double } from '../../../trainer/numbers/numbers.ts';
import { dropoutKey } from '../../../trainer/random/draws.ts';
import { dot, expectGradient, mean } from './finiteDifferences.ts';
import { randomValues } from './tiny.ts';

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

describe.each([
  { kernel: 2, stride: 2 },
  { kernel: 3, stride: 2 },
  { kernel: 3, stride: 1 },
  { kernel: 2, stride: 3 },
])('pooling, kernel $kernel, stride $stride', ({ kernel, stride }) => {
  const pooling: Pooling = {
    input: [2, 6, 7],
    output: [2, side(6, kernel, stride, 0), side(7, kernel, stride, 0)],
    kernel,
    stride,
  };
  const batch = 2;
  const x = random(batch * 2 * 6 * 7, 1);
  const y = maxPoolForward(double, pooling, batch, x);
  const dy = random(y.length, 2);

  test('avgPool2d: input gradient', () => {
    expectGradient(() => dot(avgPoolForward(double, pooling, batch, x), dy), x, avgPoolBackward(double, pooling, batch, dy));
  });
  test('maxPool2d: input gradient', () => {
    const loss = () => dot(maxPoolForward(double, pooling, batch, x), dy);
    expectGradient(loss, x, maxPoolBackward(double, pooling, batch, x, y, dy));
  });
});

test('relu: input gradient', () => {
  const x = random(40, 1);
  const dy = random(40, 2);
  expectGradient(() => dot(reluForward(double, x), dy), x, reluBackward(double, x, dy));
});

test('gelu: input gradient', () => {
  const x = random(40, 1);
  const dy = random(40, 2);
  expectGradient(() => dot(geluForward(double, x), dy), x, geluBackward(double, x, dy));
});

test('dropout: input gradient, under the mask of the forward pass', () => {
  const x = random(60, 1);
  const dy = random(60, 2);
  const factors = dropoutFactors(double, dropoutKey(1, 'dropout.1'), 0.4, Uint32Array.of(9, 4, 7), 2, 20);
  expect(new Set(factors)).toEqual(new Set([0, 1 / 0.6]));
  expectGradient(() => dot(applyDropout(double, factors, x), dy), x, applyDropout(double, factors, dy));
});

test('cross-entropy: gradient of the mean loss by the logits', () => {
  const [batch, K] = [4, 19];
  const logits = randomValues(double, batch * K, 1, 5);
  const labels = Uint8Array.of(0, 18, 7, 7);
  const loss = () => mean(crossEntropy(double, K, logits, labels).losses);
  expectGradient(loss, logits, crossEntropy(double, K, logits, labels).dlogits);
});
