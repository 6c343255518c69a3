// Averages of the weights: the generated engine keeps the reference's bytes, evaluates with them and puts the weights back; a run records what they
// give, and goes on with them after a stop.
import { describe, expect, test } from 'vitest';
import type { EngineSpec } from '../../../trainer/engine.ts';
import { decodeCheckpoint, fingerprintOf, parseRecipe } from '../../../trainer/index.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { evaluate } from '../../../trainer/measures/evaluation.ts';
import { optimizers } from '../../../trainer/optimizers/index.ts';
import { prepare } from '../../../trainer/prepare.ts';
import { readTyped } from '../../../trainer/recipe/typed.ts';
import type { Optimizer } from '../../../trainer/recipe.ts';
import { dataset, ofType, record } from '../recorded.ts';
import { smallCnn, tinySpec } from '../reference/tiny.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';
import { expectSameBits, expectSameRuns, expectSameState, samplesOf } from './agree.ts';

const network = smallCnn([3, 8, 8], 5, true);
const ema = { decay: 0.8 };

const specs: [string, EngineSpec][] = [
  ['sgd', tinySpec(network, { ema, optimizer: readTyped<Optimizer>(optimizers, 'sgd', 'optimizer') })],
  ['adam, clipped by norm', tinySpec(network, { ema, clip: { norm: 0.1 } })],
  ['muon', tinySpec(network, { ema, optimizer: readTyped<Optimizer>(optimizers, 'muon', 'optimizer') })],
  ['steps of several batches', tinySpec(network, { ema, batch: 5, accumulate: 2 })],
];

describe.each(specs)('%s', (_, spec) => {
  test.each(['fused', 'strict'] as const)('%s: the bytes of the reference', (arithmetic) => {
    const changed = { ...spec, arithmetic };
    expectSameRuns(createWasmEngine(changed), createReferenceEngine(changed), changed, [5, 4, 5]);
  });

  test('the weights move as without, and evaluations see the averages while these are in their place', () => {
    const [engine, reference] = [createWasmEngine({ ...spec, threads: 2 }), createReferenceEngine(spec)];
    const plain = createWasmEngine({ ...spec, ema: undefined });
    const step = (i: number) => ({ samples: samplesOf(spec, i, 5), epoch: 1, step: i, learningRate: 0.05 });
    engine.swapAverages();
    expectSameState(engine.readState(), plain.readState());
    for (const i of [1, 2, 3]) for (const each of [engine, reference, plain]) each.trainStep(step(i));
    const state = engine.readState();
    for (const [name, values] of plain.readState().parameters) expectSameBits(name, state.parameters.get(name)!, values);
    const losses = (of: typeof engine) =>
      of.evaluate({ part: 'test', samples: samplesOf(spec, 1, 5), statistics: 'running' }).losses.slice();
    const before = losses(engine);
    for (const each of [engine, reference]) each.swapAverages();
    for (const [name, values] of engine.readState().parameters) expectSameBits(name, values, state.optimizer.get(`${name}/ema`)!);
    const averaged = losses(engine);
    expectSameBits('losses', averaged, losses(reference));
    expect(averaged).not.toEqual(before);
    for (const each of [engine, reference]) each.swapAverages();
    expectSameState(engine.readState(), state);
    expectSameBits('losses', losses(engine), before);
    engine.dispose();
  });
});

const changes = { ema: { decay: 0.7 } };

test('a run records what the averages give, which a checkpoint holds', async () => {
  const facts = await record(changes);
  const plain = await record();
  const epochs = ofType(facts, 'EpochMeasured').map(({ data }) => data);
  expect(epochs.map(({ validationAveraged: _, ...data }) => data)).toEqual(ofType(plain, 'EpochMeasured').map(({ data }) => data));
  expect(fingerprintOf(facts)).toBe(fingerprintOf(plain));

  const { state } = decodeCheckpoint(ofType(facts, 'CheckpointTaken').at(-1)!.blob);
  const parameters = new Map([...state.parameters.keys()].map((name) => [name, state.optimizer.get(`${name}/ema`)!]));
  const recipe = parseRecipe({ ...tinyRecipe, ...changes });
  const { engineSpec, split } = prepare(recipe, dataset);
  const engine = createReferenceEngine(engineSpec(1));
  engine.writeState({ ...state, parameters });
  const metrics = async (part: 'train' | 'test', samples: Uint32Array) =>
    (await evaluate(engine, { part, samples, labels: dataset[part].labels, statistics: 'running', classes: 4, batch: 16 }, () => undefined))
      .metrics;
  const every = Uint32Array.from({ length: dataset.test.count }, (_, i) => i);
  const validation = await metrics('train', split.validation);
  expect(epochs.at(-1)!.validationAveraged).toEqual(validation);
  expect(validation).not.toEqual(epochs.at(-1)!.validation);
  expect(ofType(facts, 'RunCompleted')[0]!.data.averaged).toEqual({ validation, test: await metrics('test', every) });
});

test('a run taken up at the end of an epoch keeps its averages', async () => {
  const facts = await record(changes);
  const end = facts.findIndex((fact) => fact.type === 'CheckpointTaken' && fact.data.reason === 'last') + 1;
  const line = facts.slice(0, end);
  const checkpoint = decodeCheckpoint(ofType(line, 'CheckpointTaken').at(-1)!.blob);
  const rest = await record(changes, { from: { checkpoint, best: checkpoint.state, line }, engine: createWasmEngine });
  expect(rest.at(-1)!.data).toEqual(facts.at(-1)!.data);
});
