// Whole small networks, several steps: the generated engine and the reference give the same bytes everywhere.
import { describe, test } from 'vitest';
import type { EngineSpec } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128 } from '../../../trainer/kernels/tiles.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import {
  activations,
  averagePool,
  blocksNetwork,
  conv,
  dropout,
  flatten,
  gelu,
  linear,
  norm,
  pool,
  relu,
  residual,
  smallCnn,
  tinySpec,
} from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

const [leakyRelu, silu, hardswish, sigmoid, tanh] = (['leakyRelu', 'silu', 'hardswish', 'sigmoid', 'tanh'] as const).map((kind) => ({
  ...activations.find((activation) => activation.kind === kind)!,
  name: `${kind}.1`,
})) as [Layer, Layer, Layer, Layer, Layer];
const adaptive: Layer = { kind: 'adaptiveAvgPool2d', name: 'adaptiveAvgPool2d.1', outputSize: [3, 2] };
const vectorNorm: Layer = {
  ...{ kind: 'batchNorm1d', name: 'batchNorm1d.1', eps: 1e-5, momentum: 0.2 },
  ...{ affine: true, trackRunningStats: true },
};

const unusual = resolveNetwork(
  [
    ...[norm('batchNorm2d.1'), conv('conv2d.1', 3, 3, 2, 1, false), relu('relu.1'), norm('batchNorm2d.2'), dropout('dropout.1', 0.2)],
    ...[pool('maxPool2d.1', 3, 1), flatten, relu('relu.2'), dropout('dropout.2', 0.3), linear('linear.1', 7, false), norm('batchNorm2d.3')],
    ...[relu('relu.3'), linear('linear.2')],
  ],
  [2, 9, 8],
  4,
);

const smooth = resolveNetwork(
  [
    ...[conv('conv2d.1', 4), norm('batchNorm2d.1'), gelu('gelu.1'), averagePool('avgPool2d.1')],
    ...[conv('conv2d.2', 6), gelu('gelu.2'), pool('maxPool2d.1'), flatten],
    ...[linear('linear.1', 10), gelu('gelu.3'), dropout('dropout.1'), linear('linear.2')],
  ],
  [3, 8, 8],
  5,
);

/** Every kind of layer that has kernels of its own beside the plain ones, in one network. */
const modern = resolveNetwork(
  [
    ...[conv('conv2d.1', 8), { kind: 'groupNorm', name: 'groupNorm.1', numGroups: 2, eps: 1e-5, affine: true } as const, silu],
    ...[
      { kind: 'maxPool2d', name: 'maxPool2d.1', kernel: 3, stride: 2, padding: 1 } as const,
      { kind: 'dropout2d', name: 'd', p: 0.2 } as const,
    ],
    residual('residual.1', [conv('conv2d.1', 8), { ...norm('batchNorm2d.1'), momentum: null } as Layer, hardswish, conv('conv2d.2', 8)]),
    ...[{ kind: 'layerNorm', name: 'layerNorm.1', eps: 1e-5, elementwiseAffine: true, bias: true } as const, leakyRelu],
    ...[adaptive, conv('conv2d.2', 20), tanh],
    ...[{ kind: 'globalAvgPool', name: 'globalAvgPool.1' } as const, linear('linear.1', 9), vectorNorm, sigmoid, linear('linear.2')],
  ],
  [3, 8, 8],
  5,
);

const adam = { type: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 } as const;
const sgd = { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0 } as const;

const cases: { name: string; spec: EngineSpec; batches: number[] }[] = [
  { name: 'with batch norm', spec: tinySpec(smallCnn([3, 8, 8], 5, true)), batches: [16, 16, 5] },
  { name: 'without batch norm', spec: tinySpec(smallCnn([1, 8, 8], 5, false)), batches: [16, 7] },
  { name: 'in an unusual order', spec: tinySpec(unusual), batches: [16, 16, 3] },
  { name: 'with GELU and average pooling', spec: tinySpec(smooth), batches: [16, 16, 5] },
  { name: 'with norms, activations and pooling of every kind', spec: tinySpec(modern), batches: [16, 16, 5] },
  { name: 'of residual blocks', spec: tinySpec(blocksNetwork([3, 8, 8], 5)), batches: [16, 16, 5] },
  { name: 'with weight decay', spec: tinySpec(smallCnn([2, 8, 8], 5, true), { optimizer: adam }), batches: [9, 9] },
  { name: 'with sgd', spec: tinySpec(smallCnn([2, 8, 8], 5, true), { optimizer: sgd }), batches: [9, 9, 1] },
];

describe.each(cases)('small network $name', ({ spec, batches }) => {
  test.each(['fused', 'strict'] as const)('%s', (arithmetic) => {
    const changed = { ...spec, arithmetic };
    expectSameRuns(createWasmEngine(changed), createReferenceEngine(changed), changed, batches);
  });

  test('three threads, other widths, without merging: the same bytes', () => {
    const merged = createWasmEngine(spec, { threads: 3, target: WASM_128 });
    expectSameRuns(merged, createWasmEngine(spec, { merge: false }), spec, batches);
    merged.dispose();
  });
});
