// The small network of the self-test: every kind of kernel, six images, one step, and what the reference gives for it.
import type { Engine, EngineSpec, EngineState } from '../engine.ts';
import { hashFloats } from '../floatBytes.ts';
import { resolveNetwork } from '../network.ts';
import { fillWords } from '../random/philox.ts';
import type { Arithmetic, Layer } from '../recipe.ts';

const BATCH = 6;

const layers: Layer[] = [
  { kind: 'conv2d', name: 'conv2d.1', out: 18, kernel: 3, stride: 1, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: 'relu.1' },
  { kind: 'maxPool2d', name: 'maxPool2d.1', kernel: 2, stride: 2 },
  {
    kind: 'residual',
    name: 'residual.1',
    body: [
      { kind: 'conv2d', name: 'conv2d.1', out: 18, kernel: 3, stride: 1, padding: 1, bias: false },
      { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 },
      { kind: 'gelu', name: 'gelu.1' },
      {
        ...{ kind: 'conv2d', name: 'conv2d.2', depthwise: { multiplier: 1 } },
        ...{ kernel: 3, stride: 1, padding: 1, paddingMode: 'reflect', bias: true },
      },
      { kind: 'conv2d', name: 'conv2d.3', out: 18, kernel: 3, stride: 1, padding: 1, bias: false },
      { kind: 'batchNorm2d', name: 'batchNorm2d.2', eps: 1e-5, momentum: 0.1 },
    ],
  },
  { kind: 'relu', name: 'relu.2' },
  { kind: 'conv2d', name: 'conv2d.2', out: 16, kernel: 3, stride: 2, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: 'batchNorm2d.2', eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: 'relu.3' },
  { kind: 'maxPool2d', name: 'maxPool2d.2', kernel: 2, stride: 1 },
  { kind: 'avgPool2d', name: 'avgPool2d.1', kernel: 2, stride: 2 },
  { kind: 'layerNorm', name: 'layerNorm.1', eps: 1e-5, elementwiseAffine: true, bias: true },
  { kind: 'silu', name: 'silu.1' },
  { kind: 'maxPool2d', name: 'maxPool2d.3', kernel: 3, stride: 1, padding: 1 },
  { kind: 'leakyRelu', name: 'leakyRelu.1', negativeSlope: 0.1 },
  { kind: 'avgPool2d', name: 'avgPool2d.2', kernel: 2, stride: 1, padding: 1 },
  { kind: 'hardswish', name: 'hardswish.1' },
  { kind: 'dropout2d', name: 'dropout2d.1', p: 0.2 },
  { kind: 'flatten', name: 'flatten.1' },
  { kind: 'linear', name: 'linear.1', out: 20, bias: true },
  { kind: 'groupNorm', name: 'groupNorm.1', numGroups: 4, eps: 1e-5, affine: true },
  { kind: 'tanh', name: 'tanh.1' },
  { kind: 'dropout', name: 'dropout.1', p: 0.5 },
  { kind: 'sigmoid', name: 'sigmoid.1' },
  { kind: 'linear', name: 'linear.2', out: 'classes', bias: true },
];

export function testSpec(arithmetic: Arithmetic): EngineSpec {
  const images = new Uint32Array(BATCH * 12 * 12);
  fillWords([1, 2], 0, 0, images);
  const split = { count: BATCH, images: Uint8Array.from(images, (word) => word >>> 24), labels: Uint8Array.of(0, 1, 2, 3, 4, 0) };
  return {
    network: resolveNetwork(layers, [1, 12, 12], 5),
    loss: 'crossEntropy',
    optimizer: { type: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 },
    augment: [],
    arithmetic,
    seed: 1,
    batch: BATCH,
    pixelTable: Float32Array.from({ length: 256 }, (_, i) => i / 128 - 1),
    train: split,
    test: split,
    threads: 1,
  };
}

export function testStep(engine: Engine): void {
  engine.trainStep({ samples: Uint32Array.of(5, 3, 1, 0, 2, 4), epoch: 1, step: 1, learningRate: 0.001 });
}

/** SHA-256 of everything learned: parameters in order, then running statistics. */
export function digestOf({ parameters, batchNorm }: EngineState): string {
  const statistics = [...batchNorm.values()].flatMap(({ runningMean, runningVariance }) => [runningMean, runningVariance]);
  return hashFloats([...parameters.values(), ...statistics]);
}

/** What the reference gave, so that no run has to wait for it. Changes with the network above and with the numerics version only. */
export const EXPECTED: Readonly<Record<Arithmetic, string>> = {
  fused: 'ff57e6393c963f5e6ec5df887ab55237ceaf2865861ae0f26c58e426970db5f0',
  strict: 'e1179c8fe7e91871ced0c76d2ee7877f9e3f270f403334841551220735d17f27',
};
