// A network with its shapes worked out: what engines, facts and pages read. Static configuration only; learned state lives in the engine.
import { RunledgerError } from './errors.ts';
import type { Misfit } from './layers/family.ts';
import { type Layer, layerFamilies } from './layers/index.ts';

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

/** `2,048` for a flat vector, `32 × 8 × 8` for maps. */
function describe([channels, height, width]: Shape): string {
  const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  return height === 1 && width === 1 ? `${grouped(channels)} numbers` : `${grouped(channels)} × ${height} × ${width}`;
}

function shapeError(place: string, misfit: Misfit, source: string, given: Shape): RunledgerError {
  return new RunledgerError('recipe.shape', `${place} takes ${misfit.takes}, ${source} gives ${describe(given)}`, {
    place,
    help: misfit.help,
  });
}

/**
 * Works out shapes, parameters and cost of every layer for samples of shape `input` and a data set of `classes` classes.
 * Throws `recipe.shape` where a layer does not fit the one before, or the last one does not give one number a class.
 */
export function resolveNetwork(layers: readonly Layer[], input: Shape, classes: number): Network {
  const resolved: ResolvedLayer[] = [];
  let shape = input;
  let source = 'the data set';
  let learnedBefore = false;
  for (const [index, layer] of layers.entries()) {
    const family = layerFamilies[layer.kind];
    const output = family.output(layer, shape, classes);
    if ('takes' in output) throw shapeError(`network[${index}].${layer.kind}`, output, source, shape);
    const parameters = family.parameters(layer, shape, output);
    // Forward and weight gradient; an input gradient only where something before it learns.
    const passes = learnedBefore ? 3 : 2;
    const flops = 2 * passes * family.multiplyAdds(layer, shape, output);
    resolved.push({ layer, name: layer.name, input: shape, output, parameters, flops });
    learnedBefore ||= parameters.length > 0;
    shape = output;
    source = layer.name;
  }
  if (shape[0] !== classes || shape[1] !== 1 || shape[2] !== 1) {
    const help = 'end the network with `linear: classes`';
    throw shapeError('loss', { takes: `${classes} numbers, one a class`, help }, source, shape);
  }
  const parameters = resolved.flatMap((layer) => layer.parameters);
  return {
    input,
    classes,
    layers: resolved,
    parameters,
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    flopsPerSample: resolved.reduce((sum, { flops }) => sum + flops, 0),
  };
}
