// Networks with residual blocks, GELU and average pooling as wholes: the generated engine and the reference give the same bytes, whatever the
// number of threads, the width of the code and whether layers are merged.
import v8 from 'node:v8';
import { describe, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128 } from '../../../trainer/kernels/tiles.ts';
import { resolveNetwork, type Shape } from '../../../trainer/network.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import { averagePool, conv, dropout, flatten, gelu, linear, norm, pool, relu, residual, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

const stem = [conv('c', 5), norm('n'), relu('r'), pool('p')];
const end = [flatten, linear('l')];
const plain = (name: string, out = 5) => residual(name, [conv('c1', out), norm('n1'), relu('r1'), conv('c2', out), norm('n2')]);

interface Case {
  name: string;
  layers: Layer[];
  input?: Shape;
  batches?: number[];
}

const cases: Case[] = [
  { name: 'convolution and batch norm twice, ReLU behind', layers: [...stem, plain('b'), relu('r2'), ...end] },
  {
    name: 'two blocks in a row, 20 channels',
    layers: [conv('c', 20), pool('p'), plain('b', 20), relu('r'), plain('b2', 20), relu('r2'), ...end],
  },
  { name: 'max pooling behind ReLU behind the sum', layers: [...stem, plain('b'), relu('r2'), pool('p2'), ...end] },
  { name: 'max pooling behind the sum', layers: [...stem, plain('b'), pool('p2'), conv('c3', 4), ...end] },
  { name: 'pooling that leaves pixels out behind the sum', layers: [...stem, plain('b'), relu('r2'), pool('p2', 3), ...end] },
  { name: 'average pooling behind the sum', layers: [...stem, plain('b'), relu('r2'), averagePool('a', 4), ...end] },
  { name: 'first in the network', layers: [plain('b', 3), relu('r'), pool('p'), ...end] },
  { name: 'first in the network, batch norm first in it', layers: [residual('b', [norm('n'), relu('r'), conv('c', 3)]), ...end] },
  { name: 'right before flatten', layers: [...stem, plain('b'), ...end] },
  { name: 'right before a convolution with padding', layers: [...stem, plain('b'), conv('c3', 6, 3, 2), ...end] },
  { name: 'a body that ends in ReLU', layers: [...stem, residual('b', [conv('c1', 5), norm('n1'), relu('r1')]), ...end] },
  {
    name: 'a body that ends in a convolution',
    layers: [...stem, residual('b', [conv('c1', 5), relu('r1'), conv('c2', 5)]), relu('r2'), ...end],
  },
  {
    name: 'batch norm and ReLU before each convolution',
    layers: [
      conv('c', 5),
      residual('b', [norm('n1'), relu('r1'), conv('c1', 5), norm('n2'), relu('r2'), conv('c2', 5)]),
      norm('n3'),
      ...end,
    ],
  },
  { name: 'a body of batch norm alone', layers: [...stem, residual('b', [norm('n1')]), relu('r2'), pool('p2'), ...end] },
  {
    name: 'a body that begins with ReLU, behind batch norm',
    layers: [conv('c', 5), norm('n'), residual('b', [relu('r1'), conv('c1', 5)]), ...end],
  },
  { name: 'a body of ReLU alone', layers: [...stem, residual('b', [relu('r1')]), ...end] },
  { name: 'a body that learns nothing before one that does', layers: [residual('b', [relu('r1')]), plain('b2', 3), ...end] },
  {
    name: 'pooling within, windows of one pixel',
    layers: [...stem, residual('b', [pool('p1', 1), averagePool('a1', 1), conv('c1', 5, 1, 1, 0)]), ...end],
  },
  {
    name: 'pooling within, windows that overlap behind padding',
    layers: [...stem, residual('b', [conv('c1', 5, 2, 1, 1), pool('p1', 2, 1)]), ...end],
  },
  { name: 'dropout within', layers: [...stem, residual('b', [dropout('d1', 0.3), conv('c1', 5), dropout('d2', 0.2)]), relu('r2'), ...end] },
  {
    name: 'GELU and average pooling',
    layers: [
      conv('c', 5),
      norm('n'),
      gelu('g'),
      averagePool('a'),
      residual('b', [conv('c1', 5), norm('n1'), gelu('g1'), conv('c2', 5), norm('n2')]),
      gelu('g2'),
      averagePool('a2'),
      ...end,
    ],
  },
  { name: 'GELU first in the body', layers: [...stem, residual('b', [gelu('g1'), conv('c1', 5)]), averagePool('a'), ...end] },
  { name: 'batch norm and GELU first in the body', layers: [...stem, residual('b', [norm('n1'), gelu('g1'), conv('c1', 5)]), ...end] },
  { name: 'nested, at the beginning', layers: [...stem, residual('b', [plain('b'), relu('r'), conv('c3', 5)]), relu('r2'), ...end] },
  { name: 'nested, at the end', layers: [...stem, residual('b', [conv('c3', 5), relu('r'), plain('b')]), relu('r2'), ...end] },
  {
    name: 'nested three deep',
    layers: [...stem, residual('b', [residual('b', [residual('b', [conv('c3', 5), relu('r')])])]), relu('r2'), ...end],
  },
  {
    name: 'linear, behind maps of one pixel',
    layers: [conv('c', 6, 8, 1, 0), flatten, residual('b', [linear('l1', 6), norm('n1'), relu('r1')]), relu('r2'), linear('l')],
    batches: [6, 5],
  },
  {
    name: 'linear, behind a flatten of maps',
    layers: [conv('c', 3), pool('p', 4), flatten, residual('b', [linear('l1', 12), relu('r1')]), relu('r2'), linear('l')],
  },
  {
    name: 'linear behind a flatten, twice, nested',
    layers: [
      conv('c', 3),
      pool('p', 4),
      flatten,
      residual('b', [residual('b', [linear('l1', 12)]), linear('l2', 12)]),
      residual('b2', [linear('l3', 12)]),
      linear('l'),
    ],
  },
  {
    name: 'a convolution with padding on a vector, within',
    layers: [conv('c', 3, 7, 1, 0), flatten, residual('b', [conv('c1', 12)]), linear('l')],
  },
  {
    name: 'flatten within, maps of one pixel',
    layers: [conv('c', 6, 8, 1, 0), residual('b', [flatten, linear('l1', 6)]), relu('r2'), linear('l')],
  },
  { name: 'maps that are not square', layers: [...stem, plain('b'), relu('r2'), pool('p2'), ...end], input: [2, 12, 8] },
];

/** Samples of each step: the last ones are smaller. */
const sizes = [6, 6, 4, 1];

function specOf({ layers, input = [3, 8, 8] }: Case, arithmetic: 'fused' | 'strict') {
  return tinySpec(resolveNetwork(layers, input, 3), { arithmetic, batch: 6 });
}

describe.each(cases)('$name', (network) => {
  const { batches = sizes } = network;

  test('fused: the bytes of the reference', () => {
    const spec = specOf(network, 'fused');
    expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, batches);
  });

  test('strict: the same on two threads, in plain 128-bit code, every layer by itself', () => {
    const spec = specOf(network, 'strict');
    v8.setFlagsFromString('--no-experimental-wasm-revectorize');
    const team = createWasmEngine({ ...spec, threads: 2 }, { target: WASM_128, merge: false });
    expectSameRuns(team, createReferenceEngine(spec), spec, batches);
    team.dispose();
  });
});
