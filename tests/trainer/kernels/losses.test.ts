// Every loss in the generated engine: the bytes of the reference, for few and many classes, with labels and with targets given, and for values
// that are not finite.
import { describe, expect, test } from 'vitest';
import type { EngineSpec } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128 } from '../../../trainer/kernels/tiles.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import type { Loss } from '../../../trainer/recipe.ts';
import { conv, flatten, linear, pool, relu, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns, samplesOf } from './agree.ts';

const layers = [conv('c', 4), relu('r'), pool('p'), flatten, linear('l')];
const specOf = (loss: Loss, classes: number, changes: Partial<EngineSpec> = {}) =>
  tinySpec(resolveNetwork(layers, [1, 20, 8], classes), { loss, ...changes });
const weight = (classes: number) => Array.from({ length: classes }, (_, k) => (k % 4) / 2 + (k === 0 ? 0.3 : 0));

const losses: [name: string, of: (classes: number) => Loss][] = [
  ['crossEntropy', () => 'crossEntropy'],
  ['crossEntropy with labelSmoothing', () => ({ crossEntropy: { labelSmoothing: 0.1 } })],
  ['crossEntropy with weight', (classes) => ({ crossEntropy: { weight: weight(classes) } })],
  ['crossEntropy with both', (classes) => ({ crossEntropy: { labelSmoothing: 0.3, weight: weight(classes) } })],
  ['mse', () => 'mse'],
  ['bceWithLogits', () => 'bceWithLogits'],
];

describe.each(losses)('%s', (_name, of) => {
  test.each([3, 16, 19])('%d classes', (classes) => {
    for (const arithmetic of ['fused', 'strict'] as const) {
      const spec = specOf(of(classes), classes, { arithmetic });
      expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [16, 5, 1]);
    }
  });

  test('targets given, three threads', () => {
    const spec = specOf(of(19), 19, { givenTargets: true, threads: 3, arithmetic: 'strict' });
    const team = createWasmEngine(spec, { target: WASM_128 });
    expectSameRuns(team, createReferenceEngine(spec), spec, [16, 5, 1]);
    team.dispose();
  });

  test('logits that are large, infinite or no numbers', () => {
    const spec = specOf(of(5), 5);
    const [received, expected] = [createWasmEngine(spec), createReferenceEngine(spec)];
    for (const values of [
      [100, -100, 0, 88, -200],
      [Number.POSITIVE_INFINITY, 0, 1, Number.NEGATIVE_INFINITY, 2],
      [Number.NaN, 1, 2, 3, 4],
    ]) {
      const state = expected.readState();
      state.parameters.get('l.weight')!.fill(0);
      state.parameters.get('l.bias')!.set(values);
      for (const engine of [received, expected]) engine.writeState(state);
      const step = { samples: samplesOf(spec, 1, 7), epoch: 1, step: 1, learningRate: 0.01 };
      const [a, b] = [received.trainStep(step), expected.trainStep(step)];
      expect([...a.losses]).toEqual([...b.losses]);
      expect(a.predictions).toEqual(b.predictions);
      expect([...received.readGradients().get('l.bias')!]).toEqual([...expected.readGradients().get('l.bias')!]);
    }
  });
});

test('targets that are missing, too many or not wanted are refused', () => {
  const step = { samples: Uint32Array.of(1, 2), epoch: 1, step: 1, learningRate: 0.01 };
  for (const create of [createWasmEngine, createReferenceEngine]) {
    const [given, plain] = [create(specOf('mse', 3, { givenTargets: true })), create(specOf('mse', 3))];
    expect(() => given.trainStep(step)).toThrow('a training step of 2 samples was given no targets');
    expect(() => given.trainStep({ ...step, targets: new Float32Array(7) })).toThrow('was given 7 targets');
    expect(() => plain.trainStep({ ...step, targets: new Float32Array(6) })).toThrow('was given 6 targets');
  }
});
