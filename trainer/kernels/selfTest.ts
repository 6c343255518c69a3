// Which target this machine gets. Merging 128-bit operations is experimental in V8, so before it is trusted a small network that uses every
// kind of kernel is trained until its code is optimised, and one step is compared with what the reference gave for it, byte by byte.
import v8 from 'node:v8';
import type { Engine, EngineSpec, EngineState } from '../engine.ts';
import { hashFloats } from '../floatBytes.ts';
import { resolveNetwork } from '../network.ts';
import { fillWords } from '../random/philox.ts';
import type { Arithmetic, Layer } from '../recipe.ts';
import { createWasmEngine } from './engine.ts';
import { createReferenceEngine } from './reference/engine.ts';
import { type Target, WASM_128, WASM_128_WIDE, WASM_256 } from './tiles.ts';

/** How long code is given to be optimised. A kernel is, once it has run for about a millisecond. */
const WARM_UP_MS = 80;
/** The part of it that comes before anything else, so that the rest can go on beside it. */
const FIRST_MS = 15;
const BATCH = 6;

const layers: Layer[] = [
  { kind: 'conv2d', name: 'conv2d.1', out: 18, kernel: 3, stride: 1, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: 'relu.1' },
  { kind: 'maxPool2d', name: 'maxPool2d.1', kernel: 2, stride: 2 },
  {
    kind: 'residual',
    name: 'residual.1',
    body: [
      { kind: 'conv2d', name: 'conv2d.1', out: 18, kernel: 3, stride: 1, padding: 1, bias: false },
      { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 },
      { kind: 'gelu', name: 'gelu.1' },
      { kind: 'conv2d', name: 'conv2d.2', out: 18, kernel: 3, stride: 1, padding: 1, bias: false },
      { kind: 'batchNorm2d', name: 'batchNorm2d.2', eps: 1e-5, momentum: 0.1 },
    ],
  },
  { kind: 'relu', name: 'relu.2' },
  { kind: 'conv2d', name: 'conv2d.2', out: 16, kernel: 3, stride: 2, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: 'batchNorm2d.2', eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: 'relu.3' },
  { kind: 'maxPool2d', name: 'maxPool2d.2', kernel: 2, stride: 1 },
  { kind: 'avgPool2d', name: 'avgPool2d.1', kernel: 2, stride: 2 },
  { kind: 'flatten', name: 'flatten.1' },
  { kind: 'linear', name: 'linear.1', out: 20, bias: true },
  { kind: 'dropout', name: 'dropout.1', p: 0.5 },
  { kind: 'linear', name: 'linear.2', out: 'classes', bias: true },
];

function testSpec(arithmetic: Arithmetic): EngineSpec {
  const images = new Uint32Array(BATCH * 12 * 12);
  fillWords([1, 2], 0, 0, images);
  const split = { count: BATCH, images: Uint8Array.from(images, (word) => word >>> 24), labels: Uint8Array.of(0, 1, 2, 3, 4, 0) };
  return {
    network: resolveNetwork(layers, [1, 12, 12], 5),
    loss: 'crossEntropy',
    optimizer: { type: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 },
    augment: [],
    arithmetic,
    seed: 1,
    batch: BATCH,
    pixelTable: Float32Array.from({ length: 256 }, (_, i) => i / 128 - 1),
    train: split,
    test: split,
    threads: 1,
  };
}

function step(engine: Engine): void {
  engine.trainStep({ samples: Uint32Array.of(5, 3, 1, 0, 2, 4), epoch: 1, step: 1, learningRate: 0.001 });
}

/** SHA-256 of everything learned: parameters in order, then running statistics. */
function digestOf({ parameters, batchNorm }: EngineState): string {
  const statistics = [...batchNorm.values()].flatMap(({ runningMean, runningVariance }) => [runningMean, runningVariance]);
  return hashFloats([...parameters.values(), ...statistics]);
}

/** The digest that the reference gives after one step. Slow; a test holds `EXPECTED` against it. */
export function referenceDigest(arithmetic: Arithmetic): string {
  const reference = createReferenceEngine(testSpec(arithmetic));
  step(reference);
  return digestOf(reference.readState());
}

/** What the reference gave, so that no run has to wait for it. Changes with the network above and with the numerics version only. */
export const EXPECTED: Readonly<Record<Arithmetic, string>> = {
  fused: '092390707c18dc4489963a0d4715e1949ef29eafb9915056ef118eafd790d60d',
  strict: '1982a3de05d84488fc06109507cb307020b4f28982048e75cca50f419c8e62cc',
};

/** Whether optimised code for this target gives the reference's bytes. */
export function agreesWithReference(target: Target, arithmetic: Arithmetic): boolean {
  return beginSelfTest(target, arithmetic)();
}

/** Runs the test network for a moment, so that V8 begins to optimise its code beside what the caller does; the rest comes with the verdict. */
function beginSelfTest(target: Target, arithmetic: Arithmetic): () => boolean {
  const engine = createWasmEngine(testSpec(arithmetic), { target });
  const start = engine.readState();
  const begun = performance.now();
  const stepsUntil = (end: number) => {
    while (performance.now() < end) step(engine);
  };
  stepsUntil(begun + FIRST_MS);
  return () => {
    stepsUntil(begun + WARM_UP_MS);
    engine.writeState(start);
    step(engine);
    const digest = digestOf(engine.readState());
    engine.dispose();
    return digest === EXPECTED[arithmetic];
  };
}

const chosen = new Map<Arithmetic, Target>();

/** A target to go on with, and whether it turned out to be the right one. */
export interface Candidate {
  target: Target;
  holds(): boolean;
}

/** The likely target for this machine while its self-test is under way; tested once in a thread. */
export function candidateTarget(arithmetic: Arithmetic): Candidate {
  const known = chosen.get(arithmetic) ?? (process.arch === 'x64' ? null : WASM_128_WIDE);
  if (known) return { target: known, holds: () => true };
  const agrees = beginSelfTest(WASM_256, arithmetic);
  return {
    target: WASM_256,
    holds() {
      chosen.set(arithmetic, mergedWhereItHolds(arithmetic, agrees));
      return chosen.get(arithmetic) === WASM_256;
    },
  };
}

/** The target for this machine. Falls back to unmerged 128-bit code with a warning, which changes no bit. */
export function chooseTarget(arithmetic: Arithmetic): Target {
  const { target, holds } = candidateTarget(arithmetic);
  return holds() ? target : chosen.get(arithmetic)!;
}

/** 256-bit code if it agrees with the reference, else 128-bit code and a warning. */
export function mergedWhereItHolds(
  arithmetic: Arithmetic,
  agrees: (target: Target, arithmetic: Arithmetic) => boolean = agreesWithReference,
): Target {
  if (agrees(WASM_256, arithmetic)) return WASM_256;
  v8.setFlagsFromString('--no-experimental-wasm-revectorize');
  process.emitWarning('256-bit code differs from the reference on this machine: running 128-bit code, slower and with the same results', {
    code: 'RUNLEDGER_WASM_128',
  });
  return WASM_128;
}
