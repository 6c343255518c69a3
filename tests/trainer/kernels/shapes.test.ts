// Odd shapes, one layer kind at a time: the generated kernels against the reference's loops, byte for byte. Input gradients show in the
// weights of the layer before. Channel counts lie below, on and beyond whole blocks of 16 lanes.
import { describe, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { layerFamilies } from '../../../trainer/layers/index.ts';
import { resolveNetwork, type Shape } from '../../../trainer/network.ts';
import { readItems } from '../../../trainer/recipe/items.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import { activations, averagePool, conv, dropout, flatten, gelu, linear, norm, pool, relu, residual, tinySpec } from '../reference/tiny.ts';
import { check, expectSameRuns } from './agree.ts';

const end = [flatten, linear('linear.1')];

describe('convolution', () => {
  test.each([
    { inputs: 1, middle: 5, out: 3, kernel: 3, stride: 1, padding: 1, size: [9, 7] },
    { inputs: 3, middle: 16, out: 20, kernel: 3, stride: 1, padding: 0, size: [8, 8] },
    { inputs: 5, middle: 20, out: 16, kernel: 3, stride: 2, padding: 1, size: [7, 8] },
    { inputs: 3, middle: 3, out: 40, kernel: 1, stride: 1, padding: 0, size: [5, 4] },
    { inputs: 1, middle: 16, out: 1, kernel: 1, stride: 2, padding: 0, size: [6, 5] },
    { inputs: 2, middle: 40, out: 5, kernel: 5, stride: 1, padding: 2, size: [6, 6] },
    { inputs: 3, middle: 5, out: 16, kernel: 5, stride: 2, padding: 2, size: [9, 9] },
    { inputs: 1, middle: 4, out: 4, kernel: 3, stride: 3, padding: 2, size: [7, 8] },
    { inputs: 16, middle: 17, out: 3, kernel: 3, stride: 1, padding: 2, size: [3, 20] },
    { inputs: 1, middle: 2, out: 2, kernel: 2, stride: 1, padding: 1, size: [1, 5] },
  ])('$inputs → $middle → $out channels, kernel $kernel, stride $stride, padding $padding', (shape) => {
    const { inputs, middle, out, kernel, stride, padding, size } = shape;
    const layers = [conv('conv2d.1', middle), conv('conv2d.2', out, kernel, stride, padding, out % 2 === 0), ...end];
    check(layers, [inputs, size[0]!, size[1]!], [3, 1]);
  });

  test('more weights than sixteen groups share, and a batch beyond the groups', () => {
    check([conv('conv2d.1', 40, 3, 2), conv('conv2d.2', 96, 3, 1), ...end], [2, 4, 4], [18]);
  });
});

describe('a vector that convolutions read as a map of one pixel', () => {
  test.each([4, 16])('flatten of %i channels, then padding', (channels) => {
    const again: Layer[] = [conv('conv2d.2', 5), { kind: 'flatten', name: 'flatten.2' }];
    check([conv('conv2d.1', channels), flatten, ...again, linear('linear.1')], [2, 3, 4], [4, 3]);
  });
});

describe('batch norm, ReLU and pooling', () => {
  const first = conv('conv2d.1', 5);
  test.each<{ name: string; layers: Layer[]; input?: Shape }>([
    { name: 'all three', layers: [norm('n'), relu('r'), pool('p')] },
    { name: 'windows that leave a row and a column out', layers: [norm('n'), relu('r'), pool('p')], input: [3, 9, 7] },
    { name: 'windows that overlap', layers: [norm('n'), relu('r'), pool('p', 3, 2)] },
    { name: 'windows with gaps', layers: [norm('n'), pool('p', 2, 3)] },
    { name: 'pooling by three', layers: [relu('r'), pool('p', 3)], input: [1, 9, 6] },
    { name: 'batch norm alone, 20 channels', layers: [conv('conv2d.2', 20), norm('n')] },
    { name: 'pooling alone', layers: [pool('p')] },
    { name: 'pooling before ReLU before batch norm', layers: [pool('p'), relu('r'), norm('n')] },
    { name: 'overlapping pooling alone', layers: [pool('p', 3, 1)] },
    { name: 'ReLU between convolutions', layers: [relu('r'), conv('conv2d.2', 18, 3, 1, 2), norm('n'), relu('r2')] },
    { name: 'batch norm twice', layers: [norm('n'), norm('n2'), relu('r')] },
  ])('$name', ({ layers, input = [3, 8, 8] }) => {
    check([first, ...layers, ...end], input, [4, 3]);
  });

  test('before the first convolution, and behind a flatten', () => {
    const behind = [flatten, norm('n2'), relu('r2'), dropout('d'), linear('linear.1', 19), relu('r3'), norm('n3'), linear('linear.2')];
    check([norm('n'), relu('r'), conv('conv2d.1', 5), pool('p'), ...behind], [3, 6, 6], [6, 5, 2]);
  });
});

describe('average pooling and GELU', () => {
  const first = conv('conv2d.1', 5);
  test.each<{ name: string; layers: Layer[]; input?: Shape }>([
    { name: 'average pooling alone', layers: [averagePool('a')] },
    { name: 'batch norm, ReLU, average pooling', layers: [norm('n'), relu('r'), averagePool('a')] },
    { name: 'ReLU, average pooling that leaves a row and a column out', layers: [relu('r'), averagePool('a')], input: [3, 9, 7] },
    { name: 'batch norm, average windows that overlap', layers: [norm('n'), relu('r'), averagePool('a', 3, 2)] },
    { name: 'average windows with gaps', layers: [norm('n'), averagePool('a', 2, 3)] },
    { name: 'average over the whole map, 20 channels', layers: [conv('conv2d.2', 20), norm('n'), relu('r'), averagePool('a', 8)] },
    { name: 'average over more than the walk spells out', layers: [relu('r'), averagePool('a', 9)], input: [1, 9, 9] },
    { name: 'large windows that overlap', layers: [averagePool('a', 5, 2)] },
    { name: 'GELU alone', layers: [gelu('g')] },
    { name: 'batch norm, GELU', layers: [norm('n'), gelu('g')], input: [1, 5, 7] },
    { name: 'batch norm, GELU, max pooling, 20 channels', layers: [conv('conv2d.2', 20), norm('n'), gelu('g'), pool('p')] },
    { name: 'GELU, max pooling by three', layers: [gelu('g'), pool('p', 3)], input: [1, 9, 6] },
    { name: 'GELU, max windows that overlap', layers: [norm('n'), gelu('g'), pool('p', 3, 2)] },
    { name: 'batch norm, GELU, average pooling', layers: [norm('n'), gelu('g'), averagePool('a')] },
    { name: 'GELU, average windows with gaps', layers: [norm('n'), gelu('g'), averagePool('a', 2, 3)] },
    { name: 'average pooling before GELU before batch norm', layers: [averagePool('a'), gelu('g'), norm('n'), conv('conv2d.2', 18)] },
  ])('$name', ({ layers, input = [3, 8, 8] }) => {
    check([first, ...layers, ...end], input, [4, 3]);
  });

  test('before the first convolution, and behind a flatten', () => {
    const behind = [flatten, gelu('g2'), linear('linear.1', 19), norm('n2'), gelu('g3'), linear('linear.2')];
    check([norm('n'), gelu('g'), averagePool('a'), conv('conv2d.1', 5), ...behind], [3, 6, 6], [6, 5, 2]);
  });
});

describe.each(activations.filter(({ kind }) => kind !== 'relu' && kind !== 'gelu'))('$kind', (activation) => {
  const first = conv('conv2d.1', 5);
  test.each<{ name: string; layers: Layer[]; input?: Shape }>([
    { name: 'alone', layers: [activation] },
    { name: 'behind batch norm', layers: [norm('n'), activation], input: [1, 5, 7] },
    { name: 'behind batch norm, before max pooling, 20 channels', layers: [conv('conv2d.2', 20), norm('n'), activation, pool('p')] },
    { name: 'before max pooling by three', layers: [activation, pool('p', 3)], input: [1, 9, 6] },
    { name: 'before max windows that overlap', layers: [norm('n'), activation, pool('p', 3, 2)] },
    { name: 'between batch norm and average pooling', layers: [norm('n'), activation, averagePool('p')] },
    { name: 'before average windows with gaps', layers: [activation, averagePool('p', 2, 3)] },
    { name: 'behind average pooling, before batch norm', layers: [averagePool('p'), activation, norm('n'), conv('conv2d.2', 18)] },
    { name: 'at the end of a residual block', layers: [residual('b', [conv('conv2d.1', 5), norm('n')]), activation] },
  ])('$name', ({ layers, input = [3, 8, 8] }) => {
    check([first, ...layers, ...end], input, [4, 3]);
  });

  test('strict, and without merging', () => {
    const layers = [first, norm('n'), activation, pool('p'), ...end];
    const spec = tinySpec(resolveNetwork(layers, [3, 8, 8], 3), { arithmetic: 'strict' });
    expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [4, 3]);
    expectSameRuns(createWasmEngine(spec, { merge: false }), createReferenceEngine(spec), spec, [4, 3]);
  });
});

describe('pooling through any windows', () => {
  const max = (settings: object): Layer => readItems(layerFamilies, [{ maxPool2d: { name: 'p', ...settings } }], 'layer', 'network')[0]!;
  const mean = (settings: object): Layer => readItems(layerFamilies, [{ avgPool2d: { name: 'p', ...settings } }], 'layer', 'network')[0]!;
  const adaptive = (outputSize: number | [number, number]): Layer => ({ kind: 'adaptiveAvgPool2d', name: 'p', outputSize });
  test.each<{ name: string; layers: Layer[]; input?: Shape }>([
    { name: 'max, padding', layers: [max({ kernel: 3, stride: 2, padding: 1 })] },
    { name: 'max, dilation', layers: [max({ kernel: 2, dilation: 3 })], input: [3, 9, 7] },
    { name: 'max, ceilMode', layers: [max({ kernel: 2, ceilMode: true })], input: [3, 9, 7] },
    { name: 'max, rectangular kernel and stride', layers: [max({ kernel: [3, 2], stride: [1, 2] })] },
    {
      name: 'max, everything, 20 channels',
      layers: [conv('conv2d.2', 20), max({ kernel: [3, 2], stride: [2, 3], padding: [1, 0], dilation: [2, 1], ceilMode: true })],
    },
    { name: 'max, windows without a pixel', layers: [max({ kernel: 2, stride: 1, padding: 1, dilation: 2 })], input: [1, 1, 3] },
    {
      name: 'max, padding, between batch norm and ReLU and a convolution',
      layers: [norm('n'), relu('r'), max({ kernel: 3, stride: 2, padding: 1 }), conv('conv2d.2', 4)],
    },
    { name: 'average, padding', layers: [mean({ kernel: 3, stride: 2, padding: 1 })] },
    { name: 'average, padding that does not count', layers: [mean({ kernel: 3, stride: 2, padding: 1, countIncludePad: false })] },
    { name: 'average, ceilMode', layers: [mean({ kernel: 2, stride: 3, ceilMode: true })], input: [3, 9, 7] },
    {
      name: 'average, rectangular, behind GELU',
      layers: [gelu('g'), mean({ kernel: [2, 3], stride: [3, 2] }), conv('conv2d.2', 18, 3, 1, 2)],
    },
    { name: 'adaptive, sizes that divide, 20 channels', layers: [conv('conv2d.2', 20), norm('n'), relu('r'), adaptive(4)] },
    { name: 'adaptive, sizes that do not divide', layers: [norm('n'), relu('r'), adaptive([3, 5])] },
    { name: 'adaptive, more outputs than pixels', layers: [adaptive([9, 2])], input: [3, 4, 6] },
    { name: 'global, square maps', layers: [norm('n'), relu('r'), { kind: 'globalAvgPool', name: 'p' }] },
    { name: 'global, other maps, 20 channels', layers: [conv('conv2d.2', 20), { kind: 'globalAvgPool', name: 'p' }], input: [1, 5, 7] },
    {
      name: 'behind a residual block',
      layers: [residual('b', [conv('conv2d.1', 5)]), max({ kernel: 3, stride: 2, padding: 1 }), residual('b2', [norm('n'), relu('r')])],
    },
    { name: 'first in a residual block', layers: [residual('b', [max({ kernel: 3, stride: 1, padding: 1 }), conv('conv2d.1', 5)])] },
    { name: 'before the first convolution', layers: [], input: [2, 7, 7] },
  ])('$name', ({ layers, input = [3, 8, 8] }) => {
    const start = layers.length === 0 ? [max({ kernel: 3, stride: 2, padding: 1 }), conv('conv2d.1', 5)] : [conv('conv2d.1', 5), ...layers];
    check([...start, ...end], input, [4, 3]);
  });
});

describe('linear', () => {
  test.each([
    { inputs: 1, middle: 1, batch: 1 },
    { inputs: 5, middle: 16, batch: 7 },
    { inputs: 256, middle: 40, batch: 13 },
    { inputs: 270, middle: 300, batch: 6 },
    { inputs: 530, middle: 20, batch: 34 },
  ])('$inputs → $middle, batch $batch', ({ inputs, middle, batch }) => {
    check([flatten, linear('linear.1', middle, middle % 2 === 0), linear('linear.2')], [1, inputs, 1], [batch, 1]);
  });

  test('more classes than a block of lanes', () => {
    const spec = tinySpec(resolveNetwork([flatten, linear('linear.1')], [1, 20, 2], 37), { batch: 5 });
    expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [5, 4]);
  });
});

describe('dropout', () => {
  test('of whole channels: 5 and 20 of them, and of a vector', () => {
    const whole = (name: string, p: number): Layer => ({ kind: 'dropout2d', name, p });
    const layers = [conv('conv2d.1', 5), whole('d', 0.3), conv('conv2d.2', 20), whole('d2', 0.5), flatten, whole('d3', 0.2)];
    check([...layers, linear('linear.1')], [1, 5, 6], [5, 2]);
  });

  test('on maps of 5 channels, between convolutions', () => {
    check([conv('conv2d.1', 5), dropout('d', 0.3), conv('conv2d.2', 16), dropout('d2', 0.1), ...end], [1, 5, 6], [5, 2]);
  });
});
