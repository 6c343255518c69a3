// Runs two engines side by side and holds everything they give against each other, byte for byte.
import { expect } from 'vitest';
import type { Engine, EngineSpec, EngineState } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { resolveNetwork, type Shape } from '../../../trainer/network.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import { tinySpec } from '../reference/tiny.ts';

/** Bits of binary32 values; every NaN is the same one, because payloads are nobody's business. */
function bitsOf(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.slice().buffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0x7fc00000;
  });
  return bits;
}

/** Steps of binary32 from one value to another; 0 for equal bits. */
function distanceInUlp(a: number, b: number): number {
  const place = (bits: number) => (bits >= 0x80000000 ? 0x80000000 - bits : bits);
  return Math.abs(place(a) - place(b));
}

/** Fails with the first difference and the largest distance in ULP. */
export function expectSameBits(what: string, received: Float32Array, expected: Float32Array): void {
  expect(received.length, what).toBe(expected.length);
  const [a, b] = [bitsOf(received), bitsOf(expected)];
  const first = a.findIndex((bits, i) => bits !== b[i]);
  if (first < 0) return;
  const ulp = a.reduce((largest, bits, i) => Math.max(largest, distanceInUlp(bits, b[i]!)), 0);
  const count = a.reduce((sum, bits, i) => sum + (bits === b[i] ? 0 : 1), 0);
  expect.fail(
    `${what}: ${count} of ${a.length} differ, by up to ${ulp} ULP; [${first}] is ${received[first]}, and should be ${expected[first]}`,
  );
}

function expectSameMaps(what: string, received: ReadonlyMap<string, Float32Array>, expected: ReadonlyMap<string, Float32Array>): void {
  expect([...received.keys()].sort(), what).toEqual([...expected.keys()].sort());
  for (const [name, values] of expected) expectSameBits(`${what} ${name}`, received.get(name)!, values);
}

export function expectSameState(received: EngineState, expected: EngineState): void {
  expectSameMaps('parameter', received.parameters, expected.parameters);
  expectSameMaps('optimizer', received.optimizer, expected.optimizer);
  const flat = (state: EngineState) =>
    new Map(
      [...state.batchNorm].flatMap(([layer, parts]) =>
        Object.entries(parts).map(([key, values]) => [`${layer}/${key}`, typeof values === 'number' ? Float32Array.of(values) : values]),
      ),
    );
  expectSameMaps('batch norm', flat(received), flat(expected));
}

/** Samples of step `step`, `batch` of them, in no particular order. */
export function samplesOf(spec: EngineSpec, step: number, batch: number): Uint32Array {
  return Uint32Array.from({ length: batch }, (_, i) => ((step * 13 + i) * 7) % spec.train.count);
}

/** Probabilities that say a little of every class, where the engine wants targets. */
function givenTargets({ givenTargets, network }: EngineSpec, batch: number, step: number): { targets?: Float32Array } {
  if (!givenTargets) return {};
  const share = (i: number) => ((i * 7 + step * 3) % 11) / (5 * network.classes);
  return { targets: Float32Array.from({ length: batch * network.classes }, (_, i) => share(i)) };
}

/** Of every layer that both have kept; the last layer's are always there. */
function expectSameOutputs(what: string, received: Engine, expected: Engine, { network }: EngineSpec): void {
  for (const { name } of network.layers) {
    const [a, b] = [received.readOutputs(name), expected.readOutputs(name)];
    if (a !== null && b !== null) expectSameBits(`${what}, outputs of ${name}`, a, b);
  }
  expect(received.readOutputs(network.layers.at(-1)!.name)).not.toBeNull();
}

/** Trains both on batches of these sizes, and evaluates both in both ways. */
export function expectSameRuns(received: Engine, expected: Engine, spec: EngineSpec, batches: readonly number[]): void {
  expectSameState(received.readState(), expected.readState());
  batches.forEach((batch, i) => {
    const step = {
      samples: samplesOf(spec, i, batch),
      epoch: 1 + (i % 2),
      step: i + 1,
      learningRate: 0.01 / (1 + i),
      ...givenTargets(spec, batch, i),
    };
    const [a, b] = [received.trainStep(step), expected.trainStep(step)];
    expectSameBits(`step ${i + 1} losses`, a.losses, b.losses);
    expect(a.predictions, `step ${i + 1} predictions`).toEqual(b.predictions);
    expectSameMaps(`step ${i + 1} gradient`, received.readGradients(), expected.readGradients());
    expect([...a.squaredGradients], `step ${i + 1} squared gradients`).toEqual([...b.squaredGradients]);
    expectSameState(received.readState(), expected.readState());
  });
  for (const statistics of ['running', 'batch'] as const) {
    for (const augment of spec.augment.length > 0 ? [undefined, { epoch: 3 }] : [undefined]) {
      const evaluation = { part: 'test' as const, samples: samplesOf(spec, 9, batches[0]!), statistics, ...(augment && { augment }) };
      const [a, b] = [received.evaluate(evaluation), expected.evaluate(evaluation)];
      const what = `${augment ? 'augmented ' : ''}evaluation with ${statistics} statistics`;
      expectSameBits(what, a.losses, b.losses);
      expect(a.predictions).toEqual(b.predictions);
      expectSameOutputs(what, received, expected, spec);
    }
  }
  expectSameState(received.readState(), expected.readState());
}

/** A network of three classes in the generated engine against the reference, trained on batches of these sizes. */
export function check(layers: Layer[], input: Shape, batches: number[]): void {
  const spec = tinySpec(resolveNetwork(layers, input, 3), { batch: Math.max(...batches) });
  expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, batches);
}
