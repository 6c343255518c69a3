// A network with its shapes worked out: what engines, facts and pages read. Static configuration only; learned state lives in the engine.
import type { Layer } from './recipe.ts';

/** (channels, height, width) of one sample; a flat vector is (n, 1, 1). */
export type Shape = readonly [channels: number, height: number, width: number];

export interface Parameter {
  /** `<layer>.<role>`, e.g. `conv2d.1.weight`, `batchNorm2d.2.bias`. */
  name: string;
  layer: string;
  role: 'weight' | 'bias';
  /** Canonical (PyTorch) shape. */
  shape: readonly number[];
  count: number;
  /** Uniform in ±1/√fanIn, or a constant. */
  init: { uniform: { fanIn: number } } | { constant: number };
}

export interface ResolvedLayer {
  layer: Layer;
  name: string;
  input: Shape;
  output: Shape;
  parameters: readonly Parameter[];
  /** Floating-point operations of one training step for one sample, 2 a multiply-add, no input gradient for the first weighted layer. */
  flops: number;
}

export interface Network {
  input: Shape;
  classes: number;
  layers: readonly ResolvedLayer[];
  /** All parameters in order. */
  parameters: readonly Parameter[];
  parameterCount: number;
  /** Sum over layers, one sample, one training step. */
  flopsPerSample: number;
}
