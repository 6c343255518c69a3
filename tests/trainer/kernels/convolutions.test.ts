// Every option of conv2d: the generated kernels against the reference's loops, byte for byte. Input gradients show in the weights of the
// layer before. Channels of groups lie below, on and beyond whole blocks of 16 lanes.
import { describe, expect, test } from 'vitest';
import { createWasmEngine, type WasmEngineOptions } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128, WASM_256 } from '../../../trainer/kernels/tiles.ts';
import { layerFamilies } from '../../../trainer/layers/index.ts';
import { resolveNetwork, type Shape } from '../../../trainer/network.ts';
import { readItems } from '../../../trainer/recipe/items.ts';
import type { Arithmetic, Layer } from '../../../trainer/recipe.ts';
import { tinySpec } from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

const read = (written: unknown[]) => readItems(layerFamilies, written, 'layer', 'network') as Layer[];
const first = (channels: number) => ({ conv2d: { out: channels, kernel: 3, padding: 1 } });
const end = ['flatten', { linear: 'classes' }];

function check(
  layers: unknown[],
  input: Shape,
  batches: number[],
  options: Partial<WasmEngineOptions> = {},
  arithmetic: Arithmetic = 'fused',
) {
  const spec = tinySpec(resolveNetwork(read([...layers, ...end]), input, 3), { batch: Math.max(...batches), arithmetic });
  const engine = createWasmEngine(spec, options);
  expectSameRuns(engine, createReferenceEngine(spec), spec, batches);
  engine.dispose();
}

interface Case {
  /** Channels that enter. */
  channels: number;
  conv2d: Record<string, unknown>;
  size?: [number, number];
}

/** A layer of every way to compute; what is particular about a row stands in its settings. */
const cases: Case[] = [
  // Rectangular kernels, strides, paddings, dilations.
  { channels: 5, conv2d: { out: 6, kernel: [3, 5] }, size: [6, 7] },
  { channels: 5, conv2d: { out: 17, kernel: [1, 3], padding: [0, 1] } },
  { channels: 3, conv2d: { out: 4, kernel: [4, 2], stride: [2, 3], padding: [3, 0] }, size: [7, 8] },
  { channels: 16, conv2d: { out: 16, kernel: 3, dilation: 2 }, size: [6, 8] },
  { channels: 5, conv2d: { out: 6, kernel: [3, 2], dilation: [2, 3], padding: [2, 3], bias: false }, size: [7, 6] },
  { channels: 4, conv2d: { out: 5, kernel: 3, stride: 2, dilation: 2, padding: 2 }, size: [7, 8] },
  { channels: 4, conv2d: { out: 5, kernel: 3, stride: 2, dilation: 3, padding: 3 }, size: [9, 8] },
  { channels: 2, conv2d: { out: 3, kernel: 4, stride: 3, dilation: 2, padding: 1 }, size: [11, 9] },
  // One more at the end.
  { channels: 3, conv2d: { out: 4, kernel: 2, padding: 'same' } },
  { channels: 6, conv2d: { out: 18, kernel: [4, 3], padding: 'same', dilation: [1, 2] }, size: [6, 7] },
  { channels: 4, conv2d: { out: 4, kernel: 3, padding: 'valid' } },
  // Mirrored padding.
  { channels: 5, conv2d: { out: 6, kernel: 3, padding: 1, paddingMode: 'reflect' } },
  { channels: 17, conv2d: { out: 6, kernel: [5, 3], padding: [2, 3], stride: 2, paddingMode: 'reflect' }, size: [5, 6] },
  { channels: 3, conv2d: { out: 4, kernel: 4, padding: 'same', paddingMode: 'reflect' }, size: [4, 5] },
  { channels: 3, conv2d: { out: 4, kernel: 3, padding: [2, 1], paddingMode: 'reflect' }, size: [3, 2] },
  { channels: 4, conv2d: { depthwise: { multiplier: 2 }, kernel: 3, padding: 2, paddingMode: 'reflect' } },
  { channels: 18, conv2d: { depthwise: {}, kernel: 3, padding: 1, paddingMode: 'reflect' } },
  // Depthwise.
  { channels: 5, conv2d: { depthwise: {}, kernel: 3, padding: 1 } },
  { channels: 16, conv2d: { depthwise: {}, kernel: 3, padding: 1, bias: false }, size: [9, 7] },
  { channels: 40, conv2d: { depthwise: {}, kernel: 3, stride: 2, padding: 1 }, size: [7, 8] },
  { channels: 20, conv2d: { depthwise: {}, kernel: [5, 3], stride: [1, 2], padding: [2, 1] } },
  { channels: 3, conv2d: { depthwise: {}, kernel: 3, stride: 3, dilation: 2, padding: 2 }, size: [9, 8] },
  { channels: 3, conv2d: { depthwise: {}, kernel: 1, stride: 2 } },
  { channels: 4, conv2d: { depthwise: {}, kernel: 7, padding: 3 }, size: [8, 8] },
  { channels: 5, conv2d: { depthwise: { multiplier: 3 }, kernel: 3, padding: 'same' } },
  { channels: 17, conv2d: { depthwise: { multiplier: 2 }, kernel: 2, padding: 'same', stride: 1 } },
  // Small groups.
  { channels: 6, conv2d: { out: 9, kernel: 3, groups: 3, padding: 1 } },
  { channels: 40, conv2d: { out: 20, kernel: 3, groups: 20, padding: 1, stride: 2 }, size: [7, 6] },
  { channels: 32, conv2d: { out: 8, kernel: 1, groups: 2 } },
  { channels: 8, conv2d: { out: 64, kernel: [1, 3], groups: 2, dilation: 2, bias: false }, size: [4, 7] },
  { channels: 24, conv2d: { out: 4, kernel: 3, groups: 2, padding: 1 } },
  // Groups by contraction: whole blocks, and blocks that would run into the next group or pixel.
  { channels: 32, conv2d: { out: 32, kernel: 3, groups: 2, padding: 1 } },
  { channels: 48, conv2d: { out: 96, kernel: 1, groups: 3, bias: false } },
  { channels: 36, conv2d: { out: 40, kernel: 3, groups: 2, padding: 1 }, size: [4, 4] },
  { channels: 51, conv2d: { out: 57, kernel: [1, 2], groups: 3, stride: 2, padding: 1 }, size: [5, 4] },
  { channels: 36, conv2d: { out: 38, kernel: 3, groups: 2, padding: 1, dilation: 2, paddingMode: 'reflect' }, size: [4, 4] },
  // More rows than one block of the gradient norm.
  { channels: 66, conv2d: { out: 32, kernel: 3, groups: 2, padding: 1 }, size: [3, 3] },
];

const title = ({ channels, conv2d, size = [5, 6] }: Case) => `${channels} × ${size.join(' × ')}, ${JSON.stringify(conv2d)}`;
const titled = cases.map((one) => [title(one), one] as const);

describe('every option', () => {
  test.each(titled)('%s', (_, { channels, conv2d, size = [5, 6] }) => {
    check([first(channels), { conv2d }, { conv2d: { out: 3, kernel: 2 } }], [2, ...size], [3, 1]);
  });
});

describe('on images, where nothing learns before', () => {
  test.each([
    { depthwise: {}, kernel: 3, padding: 1 },
    { depthwise: { multiplier: 6 }, kernel: 3, padding: 1 },
    { out: 4, kernel: 3, padding: 1, paddingMode: 'reflect' },
    { out: 16, kernel: [3, 1], dilation: [2, 1] },
    { out: 6, kernel: 3, dilation: [1, 2], groups: 3 },
  ])('%o', (conv2d) => check([{ conv2d }, 'relu'], [3, 6, 7], [3, 2]));
});

describe.each([
  ['one layer a unit', { merge: false }, 'fused'],
  ['tiles of 128 bits', { target: WASM_128 }, 'fused'],
  ['tiles of 256 bits', { target: WASM_256 }, 'strict'],
  ['two threads', { threads: 2 }, 'fused'],
  ['three threads, one layer a unit', { threads: 3, merge: false }, 'fused'],
  ['four threads', { threads: 4 }, 'strict'],
] as const)('the same bytes: %s', (_, options, arithmetic) => {
  const network = [
    ...[
      first(20),
      'batchNorm2d',
      'relu',
      { conv2d: { depthwise: {}, kernel: 3, stride: 2, padding: 1, bias: false } },
      'batchNorm2d',
      'relu',
    ],
    ...[{ conv2d: { out: 36, kernel: 1 } }, 'relu', { conv2d: { out: 38, kernel: 3, groups: 2, padding: 1 } }, 'batchNorm2d', 'relu'],
    { residual: [{ conv2d: { out: 38, kernel: 3, padding: 2, dilation: 2, groups: 19 } }, 'batchNorm2d', 'relu'] },
    ...[{ conv2d: { out: 5, kernel: [3, 2], padding: 'same', paddingMode: 'reflect' } }, 'gelu'],
  ];
  test('a network of all kinds', () => check(network, [3, 10, 9], [18, 5], options, arithmetic));
});

test('an input that a convolution mirrors and another layer reads too', () => {
  const mirrors = { conv2d: { out: 6, kernel: 3, padding: 1, paddingMode: 'reflect' } };
  check(
    [first(6), 'relu', { residual: [mirrors, 'batchNorm2d'] }, 'relu', { conv2d: { out: 3, kernel: 3, padding: 1 } }],
    [2, 5, 6],
    [3, 2],
  );
});

test('no two of the ways to compute are told apart by what a recipe says: depthwise is groups = channels', () => {
  const long = read([first(4), { conv2d: { out: 8, kernel: 3, groups: 4 } }, ...end]);
  const short = read([first(4), { conv2d: { depthwise: { multiplier: 2 }, kernel: 3 } }, ...end]);
  const [a, b] = [long, short].map((layers) => createWasmEngine(tinySpec(resolveNetwork(layers, [2, 5, 6], 3))));
  const step = { samples: Uint32Array.of(1, 2, 3), epoch: 1, step: 1, learningRate: 0.01 };
  expect(a!.trainStep(step)).toEqual(b!.trainStep(step));
  expect(a!.readState()).toEqual(b!.readState());
});
