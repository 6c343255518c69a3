// A network with its shapes worked out: what engines, facts and pages read. Static configuration only; learned state lives in the engine.
import { RunledgerError } from './errors.ts';
import { type Misfit, shapeWords } from './layers/family.ts';
import { type Layer, layerFamilies } from './layers/index.ts';

/** (channels, height, width) of one sample; a flat vector is (n, 1, 1). */
export type Shape = readonly [channels: number, height: number, width: number];

/** How a parameter begins: uniform in ±1/√fanIn or ±bound, normal around 0, orthogonal, channels handed on, or a constant. */
export type ParameterInit =
  | { uniform: { fanIn: number } | { bound: number } }
  | { normal: { std: number } }
  | { orthogonal: { gain: number } }
  | { dirac: { groups: number } }
  | { constant: number };

export interface Parameter {
  /** `<layer>.<role>`, e.g. `conv2d.1.weight`, `batchNorm2d.2.bias`. */
  name: string;
  layer: string;
  role: 'weight' | 'bias';
  /** Canonical (PyTorch) shape. */
  shape: readonly number[];
  /** Of a convolution whose channels are in several groups: how many; each is a matrix of its own. */
  groups?: number;
  count: number;
  init: ParameterInit;
}

/** Weights of a convolution or a linear layer, as against biases and the scales of norms (one a channel, or one an element of maps). */
export const isFilter = ({ shape }: Pick<Parameter, 'shape'>): boolean => shape.length === 2 || shape.length === 4;

export interface ResolvedLayer {
  /** Under its full name, as all that names parameters or draws by it needs it. */
  layer: Layer;
  /** Names of the blocks around it, outermost first, and its own: `residual.1/conv2d.2`. */
  name: string;
  /**
   * Places in the network of the layers whose outputs it takes, -1 for the images: one, or of a layer that joins what each branch gives, its
   * own `input` being what the first of them gives.
   */
  inputs: readonly number[];
  input: Shape;
  output: Shape;
  parameters: readonly Parameter[];
  /** Whether it or anything before it has parameters, so that the gradient of its output is wanted. */
  learns: boolean;
  /** Floating-point operations of one training step for one sample, 2 a multiply-add, no input gradient where nothing before it learns. */
  flops: number;
}

export interface Network {
  input: Shape;
  classes: number;
  /** In the order in which they are computed: every layer stands behind those it takes from, a block behind its body. */
  layers: readonly ResolvedLayer[];
  /** All parameters in order. */
  parameters: readonly Parameter[];
  parameterCount: number;
  /** Sum over layers, one sample, one training step. */
  flopsPerSample: number;
}

function shapeError(place: string, misfit: Misfit, source: string, given: Shape): RunledgerError {
  return new RunledgerError('recipe.shape', `${place} takes ${misfit.takes}, ${source} gives ${shapeWords(given)}`, {
    place,
    help: misfit.help,
  });
}

/** A place in the network with its shape and the word for it in errors. */
interface Point {
  at: number;
  shape: Shape;
  source: string;
}

/**
 * Works out shapes, parameters and cost of every layer for samples of shape `input` and a data set of `classes` classes.
 * Throws `recipe.shape` where a layer does not fit the one before, or the last one does not give one number a class.
 */
export function resolveNetwork(layers: readonly Layer[], input: Shape, classes: number): Network {
  const resolved: ResolvedLayer[] = [];

  /** Resolves a list that begins at `from` and gives the point where it ends. */
  function resolveList(list: readonly Layer[], from: Point, block: string, place: string): Point {
    return list.reduce((before, written, index) => {
      const layer = { ...written, name: `${block}${written.name}` };
      return resolveLayer(layer, before, `${place}[${index}].${layer.kind}`);
    }, from);
  }

  function resolveLayer(layer: Layer, before: Point, place: string): Point {
    const family = layerFamilies[layer.kind];
    const points = family.branches?.(layer).map(({ layers, block, place: inner }) => {
      return resolveList(layers as readonly Layer[], before, `${layer.name}/${block}`, `${place}${inner}`);
    }) ?? [before];
    const [{ shape }] = points as [Point, ...Point[]];
    const output = family.output(
      layer,
      shape,
      classes,
      points.map((point) => point.shape),
    );
    if ('takes' in output) {
      const misfit = points[output.branch ?? 0]!;
      throw shapeError(place, output, misfit.source, misfit.shape);
    }
    const parameters = family.parameters(layer, shape, output);
    const inputs = points.map(({ at }) => at);
    const learnedBefore = inputs.some((at) => resolved[at]?.learns);
    resolved.push({
      layer,
      name: layer.name,
      inputs,
      input: shape,
      output,
      parameters,
      learns: learnedBefore || parameters.length > 0,
      // Forward and weight gradient; an input gradient only where something before it learns.
      flops: 2 * (learnedBefore ? 3 : 2) * family.multiplyAdds(layer, shape, output),
    });
    return { at: resolved.length - 1, shape: output, source: layer.name };
  }

  const { shape, source } = resolveList(layers, { at: -1, shape: input, source: 'the data set' }, '', 'network');
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
