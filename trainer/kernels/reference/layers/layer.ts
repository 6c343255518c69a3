// A layer of the reference engine: an operation bound to its learned state. What goes between forward and backward stays inside it.
import type { ResolvedLayer, Shape } from '../../../network.ts';
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import type { Layer, LayerKind } from '../../../recipe.ts';

/** What is passed through the network, and how. */
export interface Pass {
  /** Samples in it. */
  batch: number;
  /** Original sample indices (N). */
  samples: Uint32Array;
  /** From 1. */
  epoch: number;
  /** Dropout and the running statistics act in training only. */
  training: boolean;
  /** What batch norm normalises with; training always takes the batch. */
  statistics: 'batch' | 'running';
}

export interface ReferenceLayer {
  /** Maps in whose storage order the output stands: those before a flatten, until a layer makes new ones. */
  readonly maps: Shape;
  /** y (N, output) of x (N, input), both in storage order; of a layer that joins, `others` are its inputs but the first. */
  forward(x: Values, pass: Pass, others: readonly Values[]): Values;
  /** dx of dy for the last training pass, after writing the gradients of its own parameters; null where no dx is wanted. */
  backward(dy: Values, pass: Pass, wantsInput: boolean): Values | null;
  /** Of a layer that joins: the gradients of its other inputs. */
  backwardOthers?(dy: Values): Values[];
  /** Sum of squares of each own parameter's gradient, in order. */
  squaredGradients(): number[];
}

/** Running statistics of one batch norm, and those of the last training batch (variance biased); all (C). */
export interface Statistics {
  runningMean: Values;
  runningVariance: Values;
  batchMean: Values;
  batchVariance: Values;
  /** Batches so far, where the running values are their average. */
  batchesTracked?: number;
}

/** Everything learned, in canonical order and in the numbers' own kind. */
export interface Learned {
  parameters: Map<string, Values>;
  /** Of the last step. */
  gradients: Map<string, Values>;
  /** By layer name. */
  batchNorm: Map<string, Statistics>;
}

export interface Binding<L extends Layer> {
  numbers: Numbers;
  seed: number;
  layer: L;
  resolved: ResolvedLayer;
  /** Maps in whose storage order the input stands. */
  maps: Shape;
  /** The same of the inputs but the first. */
  otherMaps: readonly Shape[];
  learned: Learned;
}

export type BindLayer<K extends LayerKind> = (binding: Binding<Extract<Layer, { kind: K }>>) => ReferenceLayer;

/** For layers without parameters. */
export const noSquares = (): number[] => [];
