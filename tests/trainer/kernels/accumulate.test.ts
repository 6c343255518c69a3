// Steps of several batches: the generated engine gives the reference's bytes, and without batch norm a step is that of one large batch.
import { describe, expect, test } from 'vitest';
import type { Engine, EngineSpec } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { double } from '../../../trainer/numbers/numbers.ts';
import { ofType, record } from '../recorded.ts';
import { conv, flatten, linear, relu, smallCnn, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns, samplesOf } from './agree.ts';

const changes: Partial<EngineSpec> = { batch: 5, accumulate: 3 };
/** Of one batch and of several, the last one smaller. */
const steps = [5, 15, 12, 3, 15, 6];

describe.each([
  ['plain', {}],
  ['clipped by norm', { clip: { norm: 0.1 } }],
] as const)('%s', (_, more) => {
  const spec = tinySpec(smallCnn([3, 8, 8], 5, true), { ...changes, ...more });
  test.each(['fused', 'strict'] as const)('%s: the bytes of the reference', (arithmetic) => {
    const changed = { ...spec, arithmetic };
    expectSameRuns(createWasmEngine(changed), createReferenceEngine(changed), changed, steps);
  });
  test.each([2, 3])('%i threads give the bytes of one', (threads) => {
    const team = createWasmEngine({ ...spec, threads });
    expectSameRuns(team, createWasmEngine(spec), spec, steps);
    team.dispose();
  });
  test('steps of one batch each are those of an engine without', () => {
    expectSameRuns(createWasmEngine(spec), createWasmEngine({ ...spec, accumulate: 1 }), spec, [5, 3, 5]);
  });
});

test('norms of every kind: the bytes of the reference', () => {
  const layers = [
    ...[conv('conv2d.1', 6), { kind: 'groupNorm', name: 'g', numGroups: 2, eps: 1e-5, affine: true } as const, relu('r')],
    ...[conv('conv2d.2', 4), { kind: 'batchNorm2d', name: 'b', eps: 1e-5, momentum: null } as const],
    ...[{ kind: 'layerNorm', name: 'l', eps: 1e-5, elementwiseAffine: true, bias: true } as const, flatten, linear('linear.1')],
  ];
  const spec = tinySpec(resolveNetwork(layers, [3, 6, 6], 5), changes);
  expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, steps);
});

test('without batch norm a step is that of one large batch', () => {
  const spec = tinySpec(smallCnn([3, 8, 8], 5, false), { optimizer: { type: 'sgd', lr: 0.1, momentum: 0.9, weightDecay: 0.01 } });
  const train = (engine: Engine) => {
    const results = [12, 16, 7].map((count, i) => {
      const step = { samples: samplesOf(spec, i, count), epoch: 1, step: i + 1, learningRate: 0.1 };
      const { losses, squaredGradients } = engine.trainStep(step);
      return [...losses, ...squaredGradients];
    });
    return [...results.flat(), ...[...engine.readState().parameters.values()].flatMap((values) => [...values])];
  };
  const large = train(createReferenceEngine(spec, double));
  const several = train(createReferenceEngine({ ...spec, ...changes, accumulate: 4 }, double));
  const generated = train(createWasmEngine({ ...spec, ...changes, accumulate: 4 }));
  for (const [i, value] of large.entries()) {
    // What is read back is binary32, the squares are not.
    expect(Math.abs(several[i]! - value)).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(value)));
    expect(Math.abs(generated[i]! - value)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(value)));
  }
});

test('a run counts moves of its parameters as steps, and trains on every image', async () => {
  const facts = await record({ batch: 6, accumulate: 3, epochs: 1, record: { stepsPerEpoch: 'every' } });
  const [started] = ofType(facts, 'RunStarted');
  expect(started!.data).toMatchObject({ stepsPerEpoch: 3, recipe: { batch: 6, accumulate: 3 } });
  expect(ofType(facts, 'RunCompleted')[0]!.data.steps).toBe(3);
  const dropping = await record({ batch: 6, accumulate: 3, dropLast: true, epochs: 1 });
  expect(ofType(dropping, 'RunStarted')[0]!.data.stepsPerEpoch).toBe(2);
});
