// Networks with projection shortcuts, concatenation and channel scaling as wholes: the generated engine and the reference give the same bytes,
// whatever the number of threads, the width of the code and whether layers are merged.
import v8 from 'node:v8';
import { describe, expect, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { groupLayers } from '../../../trainer/kernels/groups.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128 } from '../../../trainer/kernels/tiles.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import {
  averagePool,
  concatenation,
  conv,
  dropout,
  flatten,
  gelu,
  linear,
  norm,
  pool,
  relu,
  residual,
  scale,
  tinySpec,
} from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

const stem = [conv('c', 5), norm('n'), relu('r'), pool('p')];
const end = [flatten, linear('l')];
const body = (out: number, stride = 1) => [conv('c1', out, 3, stride), norm('n1'), relu('r1'), conv('c2', out), norm('n2')];
const projection = (out: number, stride = 1) => [conv('c1', out, 1, stride, 0, false), norm('n1')];
/** One number a channel of maps of `side` × `side`. */
const gate = (channels: number, side: number, squeezed = 2) => [
  averagePool('a1', side),
  flatten,
  linear('l1', squeezed),
  relu('r1'),
  linear('l2', channels),
  gelu('g1'),
];

interface Case {
  name: string;
  layers: Layer[];
  batches?: number[];
}

const shortcuts: Case[] = [
  { name: 'a projection, ReLU behind', layers: [...stem, residual('b', body(7), projection(7)), relu('r2'), ...end] },
  {
    name: 'projections with stride 2, 20 and 33 channels, pooling behind the sum',
    layers: [
      conv('c', 20),
      residual('b', body(20, 2), projection(20, 2)),
      relu('r2'),
      residual('b2', body(33, 2), projection(33, 2)),
      relu('r3'),
      pool('p3'),
      ...end,
    ],
  },
  { name: 'first in the network', layers: [residual('b', body(4), projection(4)), relu('r'), ...end] },
  { name: 'without norms', layers: [...stem, residual('b', [conv('c1', 6)], [conv('c1', 6, 1, 1, 0)]), ...end] },
  { name: 'a body that learns nothing, first', layers: [residual('b', [relu('r1')], projection(3)), relu('r2'), ...end] },
  { name: 'a shortcut that learns nothing, first', layers: [residual('b', body(3), [relu('r1')]), relu('r2'), pool('p'), ...end] },
  { name: 'neither learns, first', layers: [residual('b', [relu('r1')], [averagePool('a', 1)]), conv('c', 4), ...end] },
  {
    name: 'a shortcut of norm alone, of pooling, of dropout',
    layers: [
      ...stem,
      residual('b', body(5), [norm('n1')]),
      relu('r2'),
      residual('b2', body(5, 2), [averagePool('a')]),
      residual('b3', body(5), [dropout('d', 0.3)]),
      ...end,
    ],
  },
  {
    name: 'shortcuts that end in ReLU or GELU',
    layers: [...stem, residual('b', [conv('c1', 6), gelu('g1')], [...projection(6), relu('r1')]), ...end],
  },
  {
    name: 'blocks within both branches',
    layers: [
      ...stem,
      residual(
        'b',
        [residual('b', body(5)), relu('r1'), conv('c3', 6)],
        [residual('b', body(5), projection(5)), conv('c3', 6), residual('b2', body(6))],
      ),
      relu('r2'),
      ...end,
    ],
  },
  {
    name: 'three blocks that begin at one place',
    layers: [
      ...stem,
      residual('b', [residual('b', [residual('b', body(6), projection(6)), norm('n3')], projection(6))], projection(6)),
      ...end,
    ],
  },
  { name: 'an identity around a projection', layers: [...stem, residual('b', [residual('b', body(5), projection(5))]), ...end] },
  {
    name: 'a projection around an identity',
    layers: [...stem, residual('b', [residual('b', body(5)), relu('r1')], projection(5)), ...end],
  },
  {
    name: 'linear, behind a flatten of maps, each branch with an order of its own',
    layers: [
      conv('c', 3),
      pool('p', 4),
      flatten,
      residual('b', [linear('l1', 12), relu('r1')], [norm('n1')]),
      residual('b2', [norm('n1')], [linear('l1', 12)]),
      linear('l'),
    ],
    // A variance needs two.
    batches: [6, 5],
  },
];

const concatenations: Case[] = [
  { name: 'two convolutions', layers: [...stem, concatenation('k', [conv('c1', 3)], [conv('c2', 6)]), norm('n2'), relu('r2'), ...end] },
  { name: 'the input itself, first', layers: [...stem, concatenation('k', [], [conv('c1', 7)]), conv('c3', 4), ...end] },
  {
    name: 'the input itself, last, and a convolution with padding behind',
    layers: [...stem, concatenation('k', body(19), []), conv('c3', 4, 5, 2, 2), ...end],
  },
  { name: 'the input twice', layers: [...stem, concatenation('k', [], []), conv('c3', 4), ...end] },
  { name: 'first in the network, with the images', layers: [concatenation('k', [], [conv('c1', 2)]), relu('r'), ...end] },
  {
    name: 'branches that learn nothing',
    layers: [concatenation('k', [relu('r1')], []), concatenation('k2', [norm('n1')], [relu('r1')]), ...end],
  },
  {
    name: 'four branches of 1, 16, 17 and 34 channels',
    layers: [
      ...stem,
      concatenation('k', [conv('c1', 1)], [conv('c1', 16), norm('n1'), relu('r1')], [conv('c1', 17), gelu('g1')], [conv('c1', 34)]),
      pool('p2'),
      ...end,
    ],
  },
  {
    name: 'a dense block: each layer sees all before it',
    layers: [
      ...stem,
      concatenation('k', [], [norm('n1'), relu('r1'), conv('c1', 4)]),
      concatenation('k2', [], [norm('n1'), relu('r1'), conv('c1', 4)]),
      ...end,
    ],
  },
  {
    name: 'residual blocks and concatenations within one another, all from one place',
    layers: [
      ...stem,
      concatenation(
        'k',
        [],
        [residual('b', body(5))],
        [concatenation('k', [], [residual('b', [norm('n1')], projection(5))])],
        [dropout('d', 0.2)],
      ),
      residual('b', [concatenation('k', [conv('c1', 11)], [conv('c2', 14)])], projection(25)),
      ...end,
    ],
  },
  {
    name: 'vectors in canonical order, behind a flatten of maps',
    layers: [conv('c', 3), pool('p', 4), flatten, concatenation('k', [relu('r1')], [linear('l1', 5)], []), linear('l')],
  },
  {
    name: 'flattens of maps of different sizes side by side',
    layers: [...stem, concatenation('k', [pool('p1'), flatten], [averagePool('a1', 4), flatten], [flatten]), norm('n2'), linear('l')],
    batches: [6, 5],
  },
];

const scales: Case[] = [
  { name: 'squeeze and excitation', layers: [...stem, conv('c1', 6), norm('n1'), scale('s', gate(6, 4)), relu('r2'), ...end] },
  {
    name: 'before a convolution with padding, 37 channels',
    layers: [conv('c', 37), pool('p', 2), scale('s', gate(37, 4, 5)), conv('c3', 4), ...end],
  },
  { name: 'first in the network', layers: [scale('s', gate(3, 8)), conv('c', 4), ...end] },
  { name: 'of a body that learns nothing', layers: [scale('s', [averagePool('a1', 8), relu('r1')]), conv('c', 4), ...end] },
  { name: 'by a gate that is never flat', layers: [...stem, scale('s', [pool('p1', 4), conv('c1', 5, 1, 1, 0), gelu('g')]), ...end] },
  {
    name: 'within a residual block, as in a squeeze-and-excitation network',
    layers: [...stem, residual('b', [...body(6), scale('s', gate(6, 4))], projection(6)), relu('r2'), ...end],
  },
  {
    name: 'last in a residual block of the identity',
    layers: [...stem, residual('b', [...body(5), scale('s', gate(5, 4))]), relu('r2'), ...end],
  },
  { name: 'first in a residual block', layers: [...stem, residual('b', [scale('s', gate(5, 4)), conv('c1', 5)]), ...end] },
  {
    name: 'a vector, behind a flatten of maps',
    layers: [
      conv('c', 3),
      pool('p', 4),
      flatten,
      scale('s', [linear('l1', 4), relu('r1'), linear('l2', 12)]),
      scale('s2', [gelu('g')]),
      linear('l'),
    ],
  },
  {
    name: 'by what a flatten of maps leaves, in canonical order',
    layers: [...stem, conv('c1', 20), scale('s', [pool('p1', 2), conv('c1', 5), flatten, relu('r1')]), ...end],
  },
];

/** Samples of each step: the last ones are smaller. */
const sizes = [6, 6, 4, 1];

function specOf({ layers }: Case, arithmetic: 'fused' | 'strict') {
  return tinySpec(resolveNetwork(layers, [3, 8, 8], 3), { arithmetic, batch: 6 });
}

describe.each([
  ['residual', shortcuts],
  ['concatenation', concatenations],
  ['scale', scales],
])('%s', (_kind, cases) => {
  describe.each(cases)('$name', (network) => {
    const { batches = sizes } = network;

    test('fused: the bytes of the reference', () => {
      const spec = specOf(network, 'fused');
      expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, batches);
    });

    test('strict: the same on three threads, in plain 128-bit code, every layer by itself', () => {
      const spec = specOf(network, 'strict');
      v8.setFlagsFromString('--no-experimental-wasm-revectorize');
      const team = createWasmEngine({ ...spec, threads: 3 }, { target: WASM_128, merge: false });
      expectSameRuns(team, createReferenceEngine(spec), spec, batches);
      team.dispose();
    });
  });
});

test('a projection is summed in the pass of the norm that ends it, and of the ReLU behind', () => {
  const { layers } = resolveNetwork([...stem, residual('b', body(7), projection(7)), relu('r2'), ...end], [1, 8, 8], 3);
  expect(groupLayers(layers, true).map((group) => [group.layers.map(({ name }) => name).join('+'), ...group.inputs])).toEqual([
    ['c', -1],
    ['n+r+p', 0],
    ['b/c1', 1],
    ['b/n1+b/r1', 2],
    ['b/c2', 3],
    ['b/n2', 4],
    ['b/shortcut/c1', 1],
    ['b/shortcut/n1+b+r2', 6, 5],
    ['flatten.1', 7],
    ['l', 8],
  ]);
});
