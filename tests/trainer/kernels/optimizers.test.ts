// Every optimizer's generated step against the reference, byte for byte: each option, weights of one block and of many, fewer and more outputs than
// inputs, clipping, groups; with any number of threads and any tiles.
import { describe, expect, test } from 'vitest';
import type { EngineSpec } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128, WASM_128_WIDE } from '../../../trainer/kernels/tiles.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { optimizers } from '../../../trainer/optimizers/index.ts';
import { readTyped } from '../../../trainer/recipe/typed.ts';
import type { Clip, Optimizer } from '../../../trainer/recipe.ts';
import { conv, flatten, linear, norm, pool, relu, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns, expectSameState, samplesOf } from './agree.ts';

/** Weights of 9 × 20, 180 × 18 and 20 × 7 (rows × columns), with several blocks down and across in `linear.1`: 288 × 20. */
const network = resolveNetwork(
  [
    ...[conv('conv2d.1', 20, 3), norm('batchNorm2d.1'), relu('relu.1'), pool('maxPool2d.1', 2)],
    ...[conv('conv2d.2', 18, 3, 1, 1, false), relu('relu.2'), flatten, linear('linear.1', 20), relu('relu.3'), linear('linear.2', 7)],
    ...[relu('relu.4'), linear('linear.3')],
  ],
  [1, 8, 8],
  5,
);

const written: { title: string; optimizer: Record<string, unknown>; clip?: Clip }[] = [
  { title: 'sgd', optimizer: { type: 'sgd' } },
  { title: 'sgd, weightDecay', optimizer: { type: 'sgd', weightDecay: 0.1 } },
  { title: 'sgd, momentum, dampening, weightDecay', optimizer: { type: 'sgd', momentum: 0.9, dampening: 0.4, weightDecay: 0.1 } },
  { title: 'sgd, nesterov', optimizer: { type: 'sgd', momentum: 0.9, nesterov: true } },
  { title: 'adam', optimizer: { type: 'adam' } },
  { title: 'adam, amsgrad', optimizer: { type: 'adam', beta2: 0.1, amsgrad: true } },
  { title: 'adamW', optimizer: { type: 'adamW', lr: 0.01, weightDecay: 0.2 } },
  { title: 'adamW, weightDecay 0', optimizer: { type: 'adamW', weightDecay: 0 } },
  { title: 'rmsprop', optimizer: { type: 'rmsprop' } },
  { title: 'rmsprop, centered', optimizer: { type: 'rmsprop', centered: true, alpha: 0.5 } },
  { title: 'rmsprop, momentum, weightDecay', optimizer: { type: 'rmsprop', momentum: 0.9, weightDecay: 0.1 } },
  { title: 'rmsprop, centered, momentum, weightDecay', optimizer: { type: 'rmsprop', centered: true, momentum: 0.9, weightDecay: 0.1 } },
  { title: 'adagrad', optimizer: { type: 'adagrad', lrDecay: 0.3 } },
  {
    title: 'adagrad, initialAccumulatorValue, weightDecay',
    optimizer: { type: 'adagrad', initialAccumulatorValue: 0.1, weightDecay: 0.1 },
  },
  { title: 'lion', optimizer: { type: 'lion' } },
  { title: 'lion, weightDecay', optimizer: { type: 'lion', lr: 0.01, weightDecay: 0.3 } },
  { title: 'muon', optimizer: { type: 'muon' } },
  {
    title: 'muon without nesterov, of the last linear layer too',
    optimizer: { type: 'muon', nesterov: false, lastLinear: 'muon', nsSteps: 2 },
  },
  { title: 'clip norm, sgd', optimizer: { type: 'sgd', momentum: 0.9, weightDecay: 0.1 }, clip: { norm: 0.3 } },
  { title: 'clip norm, muon', optimizer: { type: 'muon', adjustLrFn: 'matchRmsAdamw' }, clip: { norm: 0.3 } },
  { title: 'clip value, adam', optimizer: { type: 'adam', weightDecay: 0.1 }, clip: { value: 0.01 } },
  { title: 'clip value, muon', optimizer: { type: 'muon' }, clip: { value: 0.01 } },
  {
    title: 'groups',
    optimizer: {
      type: 'adamW',
      decayBiasesAndNorms: false,
      groups: [
        { match: 'conv2d.*', lr: 0.1 },
        { match: '*.bias', weightDecay: 0.3 },
      ],
    },
  },
];

const cases = written.map(({ title, optimizer, clip }) => ({
  title,
  spec: tinySpec(network, { optimizer: readTyped<Optimizer>(optimizers, optimizer, 'optimizer'), clip }),
}));
const specOf = (wanted: string) => cases.find(({ title }) => title === wanted)!.spec;

describe.each(cases)('$title', ({ spec }) => {
  test.each(['fused', 'strict'] as const)('%s', (arithmetic) => {
    const changed = { ...spec, arithmetic };
    expectSameRuns(createWasmEngine(changed), createReferenceEngine(changed), changed, [5, 4, 5]);
  });

  test('goes on in another engine as if nothing had happened, the first step included', () => {
    const step = (i: number) => ({ samples: samplesOf(spec, i, 7), epoch: 1, step: i, learningRate: 0.01 / i });
    const straight = createWasmEngine(spec);
    for (const i of [1, 2, 3]) straight.trainStep(step(i));
    for (const cut of [0, 1, 2]) {
      const [before, after] = [createWasmEngine(spec), createWasmEngine(spec)];
      for (const i of [1, 2, 3].slice(0, cut)) before.trainStep(step(i));
      after.writeState(before.readState());
      for (const i of [1, 2, 3].slice(cut)) after.trainStep(step(i));
      expectSameState(after.readState(), straight.readState());
    }
  });
});

describe.each(['clip norm, sgd', 'clip norm, muon', 'muon', 'rmsprop, centered', 'groups'])('%s', (title) => {
  const spec = specOf(title);
  test.each([2, 3, 4])('%i threads give the bytes of one', (threads) => {
    const team = createWasmEngine({ ...spec, threads });
    expectSameRuns(team, createWasmEngine(spec), spec, [16, 7, 16]);
    team.dispose();
  });
  test.each([WASM_128, WASM_128_WIDE])('tiles of $rows rows for $backend give the same bytes', (target) => {
    expectSameRuns(createWasmEngine(spec, { target }), createWasmEngine(spec), spec, [16, 7]);
  });
});

test.each([1, 3])('muon of matrices of several strips, higher and wider ones, on %i threads', (threads) => {
  // 64 × 40 and 40 × 70, rows × columns.
  const layers = [flatten, linear('linear.1', 40), relu('relu.1'), linear('linear.2', 70), relu('relu.2'), linear('linear.3')];
  const spec = { ...specOf('muon'), network: resolveNetwork(layers, [1, 8, 8], 5) };
  const engine = createWasmEngine({ ...spec, threads });
  expectSameRuns(engine, createReferenceEngine(spec), spec, [4, 3]);
  engine.dispose();
});

describe('settings that change on the way, as a fork may', () => {
  test.each([
    [{ type: 'sgd', momentum: 0.9 }, { type: 'sgd' }],
    [{ type: 'sgd' }, { type: 'sgd', momentum: 0.9, dampening: 0.5 }],
    [
      { type: 'rmsprop', centered: true },
      { type: 'rmsprop', momentum: 0.9 },
    ],
    [{ type: 'muon' }, { type: 'muon', lastLinear: 'muon' }],
  ])('%j, then %j: slots come and go alike', (before, after) => {
    const specWith = (optimizer: object) =>
      tinySpec(network, { ema: { decay: 0.9 }, optimizer: readTyped<Optimizer>(optimizers, optimizer, 'optimizer') });
    const parent = createWasmEngine(specWith(before));
    const step = (i: number) => ({ samples: samplesOf(specWith(after), i, 6), epoch: 1, step: i, learningRate: 0.01 });
    for (const i of [1, 2]) parent.trainStep(step(i));
    const [received, expected] = [createWasmEngine(specWith(after)), createReferenceEngine(specWith(after))];
    for (const engine of [received, expected]) engine.writeState(parent.readState());
    for (const i of [3, 4]) {
      for (const engine of [received, expected]) engine.trainStep(step(i));
      expectSameState(received.readState(), expected.readState());
    }
  });
});

describe('clipping by norm', () => {
  const largest = (clip: Clip | undefined) => {
    const spec: EngineSpec = { ...specOf('sgd'), clip };
    const engine = createWasmEngine(spec);
    const before = engine.readState().parameters;
    const { squaredGradients } = engine.trainStep({ samples: samplesOf(spec, 1, 16), epoch: 1, step: 1, learningRate: 1 });
    const after = engine.readState().parameters;
    const moved = [...after].flatMap(([name, values]) => [...values].map((value, i) => value - before.get(name)![i]!));
    return { norm: Math.sqrt(squaredGradients.reduce((a, b) => a + b)), moved: Math.sqrt(moved.reduce((sum, d) => sum + d * d, 0)) };
  };
  test('bounds the step, and leaves the norm that is reported as it was', () => {
    const free = largest(undefined);
    const bound = largest({ norm: free.norm / 4 });
    expect(bound.norm).toBe(free.norm);
    expect(free.moved / free.norm).toBeCloseTo(1, 4);
    expect(bound.moved / free.norm).toBeCloseTo(1 / 4, 4);
    expect(largest({ norm: free.norm * 2 }).moved).toBeCloseTo(free.moved, 10);
  });
});
