// The recipe: the whole declaration of a run, in canonical form (presets expanded, defaults filled in).
// The schema that validates and canonicalises what users write stands here too; nothing else decides what a recipe may say.

export type Arithmetic = 'fused' | 'strict';

export type Layer =
  | { kind: 'conv2d'; name: string; out: number; kernel: number; stride: number; padding: number; bias: boolean }
  | { kind: 'batchNorm2d'; name: string; eps: number; momentum: number }
  | { kind: 'relu'; name: string }
  | { kind: 'maxPool2d'; name: string; kernel: number; stride: number }
  | { kind: 'flatten'; name: string }
  | { kind: 'linear'; name: string; out: number | 'classes'; bias: boolean }
  | { kind: 'dropout'; name: string; p: number };

export type LayerKind = Layer['kind'];

export type AugmentStep = { kind: 'horizontalFlip'; name: string; p: number } | { kind: 'randomCrop'; name: string; padding: number };

export type Optimizer =
  | { type: 'sgd'; lr: number; momentum: number; weightDecay: number }
  | { type: 'adam'; lr: number; beta1: number; beta2: number; eps: number; weightDecay: number };

export type Schedule = { type: 'constant' } | { type: 'stepLR'; stepSize: number; gamma: number };

export interface Recipe {
  /** Name of a data set that the application knows. */
  dataset: string;
  split: { train: number; validation: number; seed: number };
  preprocess: 'standardize';
  augment: AugmentStep[];
  network: Layer[];
  loss: 'crossEntropy';
  optimizer: Optimizer;
  schedule: Schedule;
  batch: number;
  dropLast: boolean;
  epochs: number;
  seed: number;
  arithmetic: Arithmetic;
  record: {
    /** Points an epoch in StepsMeasured, or every step. */ stepsPerEpoch: number | 'every' /** Weight histograms an epoch. */;
    parameters: boolean;
  };
}
