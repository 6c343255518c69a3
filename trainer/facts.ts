// What the trainer yields: every fact of a run, in order. They become events of the ledger unchanged.
// `data` is a function of recipe, seed and data set alone; `measured` is what this machine did; `arrays` are long series as
// little-endian Float32, named and shaped in `data.arrays`. NaN, infinities and −0 are values.
import type { Recipe } from './recipe.ts';

/** Where each series lies in `arrays`, counted in floats. */
export type ArrayIndex = Record<string, { offset: number; shape: number[] }>;

export interface RunStarted {
  type: 'RunStarted';
  data: {
    recipe: Recipe;
    numerics: number;
    datasetFingerprint: string;
    classes: string[];
    samples: { train: number; validation: number; test: number };
    /** Per channel, over the training part, of v/255. */
    standardize: { mean: number[]; std: number[] };
    parameterCount: number;
    flopsPerSample: number;
    stepsPerEpoch: number;
    layers: { name: string; kind: string; input: number[]; output: number[]; parameters: number; flops: number }[];
  };
  measured: {
    runledger: string;
    node: string;
    v8: string;
    os: string;
    arch: string;
    cpu: string;
    cores: number;
    threads: number;
    backend: string;
  };
}

/** A block of steps; one point may cover several steps. Arrays, each (points): lossMean, lossMin, lossMax, accuracy, learningRate, gradientNorm. */
export interface StepsMeasured {
  type: 'StepsMeasured';
  data: { epoch: number; firstStep: number; lastStep: number /** Last step of each point. */; steps: number[]; arrays: ArrayIndex };
  measured: { seconds: number };
  arrays: Float32Array;
}

export interface Metrics {
  loss: number;
  /** 0 to 1. */
  accuracy: number;
}

export interface EpochMeasured {
  type: 'EpochMeasured';
  data: {
    epoch: number;
    step: number;
    train: Metrics;
    validation: Metrics;
    /** With the statistics of each validation batch instead of running ones; null without batch normalization. */
    validationBatchStatistics: Metrics | null;
    /** With the averages of the weights in their place, where the recipe keeps them. */
    validationAveraged?: Metrics;
    /** Rows true class, columns predicted, validation images. */
    confusion: number[][];
    learningRate: number;
    /** Mean over the epoch's steps, all parameters. */
    gradientNorm: number;
    /** Of the epoch's last step, by layer. */
    layerGradientNorms: Record<string, number>;
    weightsSha256: string;
    best: { epoch: number; validationAccuracy: number };
  };
  /** Seconds of the whole epoch; samples a second of its training part. */
  measured: { seconds: number; trainSeconds: number; samplesPerSecond: number };
}

/** One an epoch for all batch-norm layers. Arrays `<layer>/runningMean`, `…/runningVariance`, `…/batchMean`, `…/batchVariance` (channels). */
export interface BatchNormMeasured {
  type: 'BatchNormMeasured';
  data: { epoch: number; arrays: ArrayIndex };
  measured: Record<string, never>;
  arrays: Float32Array;
}

export interface LearningRateChanged {
  type: 'LearningRateChanged';
  /**
   * `step` is the first step at the new rate; `from` is null at the start. A rate that moves from step to step is told where a phase of its
   * rule begins, at most four times an epoch.
   */
  data: { epoch: number; step: number; from: number | null; to: number; schedule: string; why: string };
  measured: Record<string, never>;
}

/** One an epoch where the recipe asks. Arrays `<parameter>/weightHistogram`, `…/gradientHistogram` (32). */
export interface ParametersMeasured {
  type: 'ParametersMeasured';
  data: {
    epoch: number;
    parameters: Record<string, { weight: Summary; gradient: Summary }>;
    arrays: ArrayIndex;
  };
  measured: Record<string, never>;
  arrays: Float32Array;
}

export interface Summary {
  mean: number;
  std: number;
  min: number;
  max: number;
}

export interface CheckpointTaken {
  type: 'CheckpointTaken';
  data: { epoch: number; step: number; sha256: string; bytes: number; reason: 'best' | 'last' | 'stop' };
  measured: Record<string, never>;
  /** The blob itself: stored by its hash before the event, never in the event. */
  blob: Uint8Array;
}

/** Why a run completed before the last epoch of its recipe. */
export interface EarlyEnd {
  rule: 'patience' | 'target';
  why: string;
}

export interface RunCompleted {
  type: 'RunCompleted';
  data: {
    /** Those that ran. */
    epochs: number;
    steps: number;
    final: { train: Metrics; validation: Metrics; test: Metrics };
    best: { epoch: number; validation: Metrics; test: Metrics };
    /** Of the averages of the weights after the last epoch, where the recipe keeps them. */
    averaged?: { validation: Metrics; test: Metrics };
    weightsSha256: string;
    fingerprint: string;
    /** Absent where the run took all epochs of its recipe. */
    early?: EarlyEnd;
  };
  measured: { seconds: number };
}

export interface RunFailed {
  type: 'RunFailed';
  data: { code: string; message: string; help: string | null; epoch: number; step: number; layer: string | null };
  measured: { seconds: number };
}

export interface RunStopped {
  type: 'RunStopped';
  data: { epoch: number; step: number; by: string; why: string };
  measured: { seconds: number };
}

export type Fact =
  | RunStarted
  | StepsMeasured
  | EpochMeasured
  | BatchNormMeasured
  | LearningRateChanged
  | ParametersMeasured
  | CheckpointTaken
  | RunCompleted
  | RunFailed
  | RunStopped;

export type FactType = Fact['type'];
