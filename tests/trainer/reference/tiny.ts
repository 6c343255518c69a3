// Small engines and values for tests: images and numbers drawn from Philox, networks written as short lists.
import type { EngineSpec } from '../../../trainer/engine.ts';
import type { Activation } from '../../../trainer/layers/activations.ts';
import type { PoolingLayer } from '../../../trainer/layers/poolings.ts';
import { type Network, resolveNetwork, type Shape } from '../../../trainer/network.ts';
import type { Numbers, Values } from '../../../trainer/numbers/numbers.ts';
import { fillWords } from '../../../trainer/random/philox.ts';
import type { Layer } from '../../../trainer/recipe.ts';

/** `count` words of a stream that nothing in the trainer uses. */
export function words(count: number, seed: number): Uint32Array {
  const drawn = new Uint32Array(count);
  fillWords([seed, 0x7465_7374], 0, 0, drawn);
  return drawn;
}

/** Values in ±size, exact in binary32. */
export function randomValues(numbers: Numbers, count: number, seed: number, size = 1): Values {
  const drawn = words(count, seed);
  return numbers.allocate(count).map((_, i) => ((drawn[i]! >>> 8) / 2 ** 23 - 1) * size);
}

export const conv = (name: string, out: number, kernel = 3, stride = 1, padding = 1, bias = true): Layer => ({
  kind: 'conv2d',
  name,
  out,
  kernel,
  stride,
  padding,
  bias,
});
export const norm = (name: string): Layer => ({ kind: 'batchNorm2d', name, eps: 1e-5, momentum: 0.1 });
export const relu = (name: string): Activation => ({ kind: 'relu', name });
export const pool = (name: string, kernel = 2, stride = kernel): PoolingLayer => ({ kind: 'maxPool2d', name, kernel, stride });
export const averagePool = (name: string, kernel = 2, stride = kernel): PoolingLayer => ({ kind: 'avgPool2d', name, kernel, stride });
export const gelu = (name: string): Activation => ({ kind: 'gelu', name });
/** One of each kind. */
export const activations: Activation[] = [
  ...([relu('a'), gelu('a'), { kind: 'leakyRelu', name: 'a', negativeSlope: 0.1 }, { kind: 'silu', name: 'a' }] as const),
  ...([
    { kind: 'hardswish', name: 'a' },
    { kind: 'sigmoid', name: 'a' },
    { kind: 'tanh', name: 'a' },
  ] as const),
];
export const flatten: Layer = { kind: 'flatten', name: 'flatten.1' };
export const linear = (name: string, out: number | 'classes' = 'classes', bias = true): Layer => ({ kind: 'linear', name, out, bias });
export const dropout = (name: string, p = 0.5): Layer => ({ kind: 'dropout', name, p });
export const residual = (name: string, body: Layer[], shortcut?: Layer[]): Layer => ({
  kind: 'residual',
  name,
  body,
  ...(shortcut && { shortcut }),
});
export const concatenation = (name: string, ...branches: Layer[][]): Layer => ({ kind: 'concatenation', name, branches });
export const scale = (name: string, body: Layer[]): Layer => ({ kind: 'scale', name, body });

/** A layer in each place that a residual block has, blocks within blocks, GELU and average pooling; maps of 4 × 4 pixels of 3 channels and more. */
export function blocksNetwork(input: Shape, classes: number): Network {
  return resolveNetwork(
    [
      ...[conv('conv2d.1', 4, 3, 1, 1, false), norm('batchNorm2d.1'), gelu('gelu.1'), averagePool('avgPool2d.1')],
      residual('residual.1', [conv('conv2d.1', 4), norm('batchNorm2d.1'), relu('relu.1'), conv('conv2d.2', 4), norm('batchNorm2d.2')]),
      relu('relu.1'),
      residual('residual.2', [
        ...[residual('residual.1', [norm('batchNorm2d.1'), gelu('gelu.1'), conv('conv2d.1', 4), dropout('dropout.1', 0.2)])],
        ...[relu('relu.1'), conv('conv2d.1', 4)],
      ]),
      ...[averagePool('avgPool2d.2', 2, 1), flatten, linear('linear.1')],
    ],
    input,
    classes,
  );
}

/** The seed network in small, with or without batch norm. */
export function smallCnn(input: Shape, classes: number, batchNorm: boolean): Network {
  const norms = (name: string) => (batchNorm ? [norm(name)] : []);
  return resolveNetwork(
    [
      ...[conv('conv2d.1', 4), ...norms('batchNorm2d.1'), relu('relu.1'), pool('maxPool2d.1')],
      ...[conv('conv2d.2', 6), ...norms('batchNorm2d.2'), relu('relu.2'), pool('maxPool2d.2')],
      ...[flatten, linear('linear.1', 10), dropout('dropout.1'), linear('linear.2')],
    ],
    input,
    classes,
  );
}

/** A spec over `count` random images, whose labels are readable from their brightest corner. */
export function tinySpec(network: Network, changes: Partial<EngineSpec> = {}, count = 40): EngineSpec {
  const [channels, height, width] = network.input;
  const imageBytes = channels * height * width;
  const images = Uint8Array.from(words(count * imageBytes, 11), (word) => word >>> 26);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % network.classes);
  for (const [i, label] of labels.entries()) {
    const start = i * imageBytes + label * channels * width;
    images.fill(200 + label, start, start + channels * width);
  }
  const split = { count, images, labels };
  const table = new Float32Array(channels * 256).map((_, i) => ((i % 256) / 255 - 0.3) / 0.5);
  return {
    network,
    loss: 'crossEntropy',
    optimizer: { type: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
    augment: [],
    arithmetic: 'fused',
    seed: 1,
    batch: 16,
    pixelTable: table,
    train: split,
    test: split,
    threads: 1,
    ...changes,
  };
}
