// Loss curves of 20 steps for whole networks against PyTorch: the reference in double, and the generated kernels that train, within 1e-3
// (measured: below 1e-4 in Float32). Images, labels and initial values are worked out here as they were there.
import { describe, expect, test } from 'vitest';
import type { EngineSpec } from '../../trainer/engine.ts';
import { createWasmEngine } from '../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../trainer/kernels/reference/engine.ts';
import { type Parameter, resolveNetwork, type Shape } from '../../trainer/network.ts';
import { double } from '../../trainer/numbers/numbers.ts';
import { type Arithmetic, type Layer, type Optimizer, parseRecipe } from '../../trainer/recipe.ts';
import { tinyRecipe } from '../trainer/syntheticDataSet.ts';
import { load } from './fixtures.ts';

const [BATCH, IMAGES, CLASSES] = [8, 48, 10];

/** As grid/networks.py writes it. */
interface CurveCase {
  title: string;
  /** What a recipe would say for `network`, or null. */
  preset: unknown;
  network: unknown[];
  input: Shape;
  optimizer: object;
  losses: number[];
}

/** As in grid/_network.py: a word from a word. */
function mixed(word: number): number {
  let i = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  i = Math.imul(i ^ (i >>> 13), 0xc2b2ae35);
  return (i ^ (i >>> 16)) >>> 0;
}

const numbered = (count: number, stream: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => mixed((mixed(stream + 1) + i) >>> 0));

/** Initial values of the parameter at `place`: weights within a power of two near 1/√fanIn, vectors within a quarter of it, gammas around 1. */
function startOf({ shape, count, role, init }: Parameter, place: number): Float32Array {
  const fanIn = count / shape[0]!;
  const size = 2 ** -Math.round(Math.log2(fanIn) / 2);
  const isGamma = role === 'weight' && 'constant' in init;
  return Float32Array.from(numbered(count, 10 + place), (word) => {
    const value = ((word >>> 8) / 2 ** 23 - 1) * size;
    return isGamma ? 1 + value / 4 : shape.length > 1 ? value : value / 4;
  });
}

const layersOf = (network: unknown): Layer[] => parseRecipe({ ...tinyRecipe, network }).network;

function specOf({ network, input, optimizer }: CurveCase, arithmetic: Arithmetic): EngineSpec {
  const [channels, height, width] = input;
  const images = Uint8Array.from(numbered(IMAGES * channels * height * width, 1), (word) => word >>> 24);
  const labels = Uint8Array.from(numbered(IMAGES, 2), (word) => word % CLASSES);
  const split = { count: IMAGES, images, labels };
  return {
    network: resolveNetwork(layersOf(network), input, CLASSES),
    loss: 'crossEntropy',
    optimizer: parseRecipe({ ...tinyRecipe, optimizer }).optimizer as Optimizer,
    augment: [],
    arithmetic,
    seed: 1,
    batch: BATCH,
    pixelTable: new Float32Array(256 * channels).map((_, i) => ((i % 256) / 255 - 0.5) / 0.25),
    train: split,
    test: split,
    threads: 1,
  };
}

/** The mean loss of each step. */
function curve(spec: EngineSpec, create: (spec: EngineSpec) => ReturnType<typeof createWasmEngine>, steps: number): number[] {
  const engine = create(spec);
  const state = engine.readState();
  for (const [i, parameter] of spec.network.parameters.entries()) state.parameters.set(parameter.name, startOf(parameter, i));
  engine.writeState(state);
  const losses = Array.from({ length: steps }, (_, step) => {
    const samples = Uint32Array.from({ length: BATCH }, (_, n) => (step * BATCH + n) % IMAGES);
    const results = engine.trainStep({ samples, epoch: 1, step: step + 1, learningRate: spec.optimizer.lr });
    return results.losses.reduce((sum, loss) => sum + loss, 0) / BATCH;
  });
  engine.dispose();
  return losses;
}

function expectCurve(got: number[], expected: number[], bound: number): void {
  expect(got).toHaveLength(20);
  for (const [i, loss] of expected.entries()) {
    expect(Math.abs(got[i]! - loss) / loss, `step ${i + 1}: ${got[i]}, PyTorch ${loss}`).toBeLessThan(bound);
  }
}

describe.each(load<CurveCase[]>('grid/networks'))('$title', (fixture) => {
  const { preset, network, losses } = fixture;

  if (preset !== null) test('is what the preset expands into', () => expect(layersOf(preset)).toEqual(layersOf(network)));

  test('reference in double: every loss within 1e-6, as it is stored in Float32', () => {
    const spec = specOf(fixture, 'fused');
    expectCurve(
      curve(spec, (of) => createReferenceEngine(of, double), losses.length),
      losses,
      1e-6,
    );
  });

  test.each(['fused', 'strict'] as const)('generated kernels, %s: every loss within 1e-3', (arithmetic) => {
    expectCurve(curve(specOf(fixture, arithmetic), createWasmEngine, losses.length), losses, 1e-3);
  });
});
