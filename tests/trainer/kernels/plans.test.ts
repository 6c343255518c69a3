// What may differ between machines and plans without changing a bit: merged layers, the width of tiles, augmentation's own arithmetic;
// and state that goes out of one engine and into another.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { groupLayers } from '../../../trainer/kernels/groups.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128, WASM_128_WIDE, WASM_256 } from '../../../trainer/kernels/tiles.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { averagePool, blocksNetwork, conv, flatten, linear, norm, pool, relu, residual, smallCnn, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns, expectSameState, samplesOf } from './agree.ts';

const network = smallCnn([3, 12, 10], 5, true);

test('merging layers changes no bit', () => {
  const spec = tinySpec(network);
  expect(groupLayers(network.layers, true).length).toBeLessThan(groupLayers(network.layers, false).length);
  expectSameRuns(createWasmEngine(spec, { merge: true }), createWasmEngine(spec, { merge: false }), spec, [16, 16, 5]);
});

test.each([
  ['plain layers', network],
  ['residual blocks', blocksNetwork([3, 8, 8], 5)],
])('without merging, what every layer gives is kept: %s', (_, layers) => {
  const spec = tinySpec(layers);
  const [every, merged] = [createWasmEngine(spec, { merge: false }), createWasmEngine(spec)];
  const names = layers.layers.map(({ name }) => name);
  const kept = (engine: Engine) => {
    engine.evaluate({ part: 'train', samples: samplesOf(spec, 1, 7), statistics: 'running' });
    return names.filter((name) => engine.readOutputs(name) !== null);
  };
  expect(kept(every)).toEqual(names);
  expect(kept(merged).length).toBeLessThan(names.length);
  expectSameRuns(every, createReferenceEngine(spec), spec, [16, 5]);
});

test('augmentation is of the evaluation that asks for it, with the draws of its epoch', () => {
  const spec = tinySpec(network, { augment: [{ kind: 'randomCrop', name: 'randomCrop.1', padding: 4 }] });
  const engine = createWasmEngine(spec);
  const losses = (augment?: { epoch: number }) =>
    engine.evaluate({ part: 'train', samples: samplesOf(spec, 1, 9), statistics: 'running', ...(augment && { augment }) }).losses.slice();
  const [plain, first] = [losses(), losses({ epoch: 1 })];
  expect(first).not.toEqual(plain);
  expect(losses({ epoch: 2 })).not.toEqual(first);
  expect(losses({ epoch: 1 })).toEqual(first);
  expect(losses()).toEqual(plain);
});

test('only neighbours in the order batch norm, ReLU, pooling are merged', () => {
  const layers = [relu('r'), norm('n'), relu('r2'), pool('p'), pool('p2'), flatten, relu('r3'), linear('l')];
  const { layers: resolved } = resolveNetwork([conv('c', 4), ...layers], [1, 8, 8], 3);
  const names = groupLayers(resolved, true).map((group) => group.layers.map(({ name }) => name).join('+'));
  expect(names).toEqual(['c', 'r', 'n+r2+p', 'p2', 'flatten.1', 'r3', 'l']);
});

test('a residual sum joins batch norm before it and ReLU and tiling pooling behind it, never a layer whose output goes past the block too', () => {
  const body = (name: string) => residual(name, [norm('n'), relu('r'), conv('c', 4), norm('n2')]);
  const layers = [
    ...[conv('c', 4), norm('n'), body('b'), relu('r'), pool('p'), body('b2'), averagePool('a'), residual('b3', [relu('r'), relu('r2')])],
    ...[pool('p2', 2, 1), flatten, linear('l')],
  ];
  const groups = groupLayers(resolveNetwork(layers, [1, 8, 8], 3).layers, true);
  expect(groups.map((group) => [group.layers.map(({ name }) => name).join('+'), ...group.inputs])).toEqual([
    ['c', -1],
    ['n', 0],
    ['b/n+b/r', 1],
    ['b/c', 2],
    ['b/n2+b+r+p', 3, 1],
    ['b2/n+b2/r', 4],
    ['b2/c', 5],
    ['b2/n2+b2', 6, 4],
    ['a', 7],
    ['b3/r', 8],
    ['b3/r2', 9],
    ['b3', 10, 8],
    ['p2', 11],
    ['flatten.1', 12],
    ['l', 13],
  ]);
});

describe.each([WASM_128, WASM_128_WIDE])('tiles of $rows rows for $backend', (target) => {
  test.each(['fused', 'strict'] as const)('%s: the same bytes as 256-bit code', (arithmetic) => {
    const spec = tinySpec(network, { arithmetic });
    expectSameRuns(createWasmEngine(spec, { target }), createWasmEngine(spec, { target: WASM_256 }), spec, [16, 7]);
  });
});

test('flips and crops move the same bytes', () => {
  const augment = [
    { kind: 'randomCrop', name: 'randomCrop.1', padding: 4 },
    { kind: 'horizontalFlip', name: 'horizontalFlip.1', p: 0.5 },
    { kind: 'randomCrop', name: 'randomCrop.2', padding: 13 },
  ] as const;
  const spec = tinySpec(network, { augment: [...augment] });
  expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [16, 16, 16]);
});

describe('state', () => {
  test.each([
    { type: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
    { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0.001 },
  ] as const)('with $type goes on elsewhere as if nothing had happened', (optimizer) => {
    const spec = tinySpec(network, { optimizer });
    const straight = createWasmEngine(spec);
    const before = createWasmEngine(spec);
    const after = createReferenceEngine(spec);
    const step = (i: number) => ({ samples: samplesOf(spec, i, 16), epoch: 1, step: i, learningRate: 0.01 });
    for (const i of [1, 2, 3, 4]) straight.trainStep(step(i));
    for (const i of [1, 2]) before.trainStep(step(i));
    after.writeState(before.readState());
    const resumed = createWasmEngine({ ...spec, seed: 99 });
    resumed.writeState(after.readState());
    // The seed of the dropout masks belongs to the recipe, not to the state; only the engine of this recipe goes on.
    expectSameState(resumed.readState(), before.readState());
    for (const i of [3, 4]) after.trainStep(step(i));
    expectSameState(after.readState(), straight.readState());
  });

  test('of another network is refused, with what was expected', () => {
    const engine = createWasmEngine(tinySpec(network));
    const other = createWasmEngine(tinySpec(smallCnn([1, 8, 8], 5, true))).readState();
    expect(() => engine.writeState(other)).toThrow('conv2d.1.weight, and the network has 108');
  });
});
