// The contract between the training loop and whatever computes: the reference loops or generated kernels.
// An engine owns parameters, optimizer state and batch-norm state; the loop owns order, schedule and facts.
// Every engine gives the same bits (docs/numerics.md), so tests hold them against each other byte for byte.
import type { ImageSplit } from './data/images.ts';
import type { Network } from './network.ts';
import type { Arithmetic, AugmentStep, Clip, Ema, Loss, Optimizer } from './recipe.ts';

/** All an engine needs to know before the first step. */
export interface EngineSpec {
  network: Network;
  loss: Loss;
  /** Whether training steps bring targets of their own, and no labels count. */
  givenTargets?: boolean;
  optimizer: Optimizer;
  /** Absent where gradients stay as they are. */
  clip?: Clip | undefined;
  /** Absent where no averages of the weights are kept. */
  ema?: Ema | undefined;
  augment: AugmentStep[];
  arithmetic: Arithmetic;
  seed: number;
  /** Largest batch of a training step or an evaluation. */
  batch: number;
  /** Most batches of a training step, which are taken one after another before parameters move; 1 where it is left out. */
  accumulate?: number | undefined;
  /** Byte to number, one table a channel: [channels][256]. */
  pixelTable: Float32Array;
  train: ImageSplit;
  test: ImageSplit;
  threads: number;
}

/** One optimizer step. `samples` are original indices into `train`, at most `batch` times `accumulate` of them. */
export interface TrainStep {
  samples: Uint32Array;
  /** From 1. */
  epoch: number;
  /** From 1, over the whole run: Adam's t. */
  step: number;
  learningRate: number;
  /** Probabilities of the classes, (N, classes): with `givenTargets`, and only then. */
  targets?: Float32Array;
}

/** The batches of a step, in order; the last one may be smaller. */
export function batchesOf(samples: Uint32Array, batch: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(samples.length / batch) }, (_, i) => samples.subarray(i * batch, (i + 1) * batch));
}

/** Views that the next call overwrites. */
export interface SampleResults {
  /** Loss a sample, (N). */
  losses: Float32Array;
  /** Predicted class a sample, (N). */
  predictions: Uint32Array;
}

export interface StepResults extends SampleResults {
  /** Sum of squares of each parameter's gradient before it is clipped, in the order of `network.parameters`. */
  squaredGradients: Float64Array;
}

/** Forward only, no dropout. `batch` statistics leave running values alone. */
export interface Evaluation {
  part: 'train' | 'test';
  samples: Uint32Array;
  statistics: 'running' | 'batch';
  /** Images augmented as in training in that epoch; as they are where it is left out. */
  augment?: { epoch: number };
}

/** Everything learned, by name, in canonical (PyTorch) order. Copies, never views. */
export interface EngineState {
  /** By parameter name, e.g. `conv2d.1.weight`. */
  parameters: Map<string, Float32Array>;
  /** Optimizer slots by `<parameter>/<slot>`, as they begin before the first step; but sgd's `momentum` and averages (`ema`) are absent before it. docs/optimizers.md names them. */
  optimizer: Map<string, Float32Array>;
  /**
   * By layer name, of batch norms that keep running statistics. Batch statistics are those of the last training step's last batch (variance biased),
   * zeros before the first.
   */
  batchNorm: Map<string, BatchNormState>;
}

export interface BatchNormState {
  runningMean: Float32Array;
  runningVariance: Float32Array;
  batchMean: Float32Array;
  batchVariance: Float32Array;
  /** Batches so far, of a layer whose running statistics are their average (`momentum: null`). */
  batchesTracked?: number;
}

export interface Engine {
  /** `reference`, or the generated target: `wasm-256`, `wasm-128`. */
  readonly backend: string;
  trainStep(step: TrainStep): StepResults;
  evaluate(evaluation: Evaluation): SampleResults;
  /**
   * What a layer gave in the last evaluation, (N, height, width, channels), a copy. Null where an engine that does not keep every layer's
   * computed it in one go with the next; what the last layer gave is always there.
   */
  readOutputs(layer: string): Float32Array | null;
  readState(): EngineState;
  /** Replaces the learned state; shapes must match. */
  writeState(state: EngineState): void;
  /** Gradients of the last step by parameter name, canonical order, before they are clipped. */
  readGradients(): Map<string, Float32Array>;
  /** Exchanges the parameters and their averages, until it is called again; nothing where there are no averages. */
  swapAverages(): void;
  /** Ends helper threads and lets memory go. */
  dispose(): void;
}
