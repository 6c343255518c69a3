// A whole network in plain loops: learned state, forward and backward. Knows no data set and no optimizer; engine.ts adds them.
import { isBatchNorm, tracksStatistics } from '../../layers/norms.ts';
import type { Network, Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { initialValues } from '../../random/initial.ts';
import { bindLayer } from './layers/index.ts';
import type { Learned, Pass, ReferenceLayer, Statistics } from './layers/layer.ts';
import { type Matrix, matrixOf } from './matrix.ts';

export interface ReferenceModel {
  readonly learned: Learned;
  /** How each parameter lies in the sums that run over it, by name. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  /** Logits (N, classes) of x (N, H, W, C). */
  forward(x: Values, pass: Pass): Values;
  /** What every layer gives, (N, H, W, C), in the network's order; the logits last. */
  outputs(x: Values, pass: Pass): Values[];
  /** Writes `learned.gradients` from the gradient of the logits (N, classes) of the last training pass. */
  backward(dlogits: Values, pass: Pass): void;
  /** Sum of squares of each gradient, in the order of the network's parameters. */
  squaredGradients(): Float64Array;
}

/** A network with initial values drawn from the seed. */
export function createModel(numbers: Numbers, network: Network, seed: number): ReferenceModel {
  const learned = initialState(numbers, network, seed);
  const layers: ReferenceLayer[] = [];
  const matrices = new Map<string, Matrix>();
  const mapsAt = (place: number) => layers[place]?.maps ?? network.input;
  for (const resolved of network.layers) {
    const [maps, ...otherMaps] = resolved.inputs.map(mapsAt) as [Shape, ...Shape[]];
    layers.push(bindLayer({ numbers, seed, layer: resolved.layer, resolved, maps, otherMaps, learned }));
    for (const parameter of resolved.parameters) matrices.set(parameter.name, matrixOf(parameter, maps));
  }
  function outputsOf(images: Values, pass: Pass): Values[] {
    const outputs: Values[] = [];
    for (const [place, { inputs }] of network.layers.entries()) {
      const [x, ...others] = inputs.map((from) => outputs[from] ?? images) as [Values, ...Values[]];
      outputs.push(layers[place]!.forward(x, pass, others));
    }
    return outputs;
  }
  return {
    learned,
    matrices,
    forward: (images, pass) => outputsOf(images, pass).at(-1)!,
    outputs: outputsOf,
    backward(dlogits, pass) {
      /** What comes back to each layer from those that took its output, in their order. */
      const arriving: Values[][] = layers.map(() => []);
      arriving.at(-1)!.push(dlogits);
      for (let place = layers.length - 1; place >= 0; place--) {
        const { inputs, learns } = network.layers[place]!;
        // Nothing learns before it: no gradient is wanted.
        if (!learns) continue;
        const dy = sumOf(numbers, arriving[place]!);
        const [from, ...others] = inputs as [number, ...number[]];
        const dx = layers[place]!.backward(dy, pass, network.layers[from]?.learns ?? false);
        const dOthers = others.length > 0 ? layers[place]!.backwardOthers!(dy) : [];
        // The layers are passed from the last to the first, and so are the inputs of one.
        for (const [i, other] of [...others.entries()].reverse()) if (other >= 0) arriving[other]!.unshift(dOthers[i]!);
        if (dx !== null) arriving[from]!.unshift(dx);
      }
    },
    squaredGradients: () => Float64Array.from(layers.flatMap((layer) => layer.squaredGradients())),
  };
}

/** Values of one shape added one after another. */
function sumOf({ round, allocate }: Numbers, parts: readonly Values[]): Values {
  return parts.reduce((sum, part) => allocate(sum.length).map((_, i) => round(sum[i]! + part[i]!)));
}

function initialState(numbers: Numbers, network: Network, seed: number): Learned {
  const filled = (count: number, value: number) => numbers.allocate(count).fill(value);
  const parameters = new Map<string, Values>();
  const gradients = new Map<string, Values>();
  for (const parameter of network.parameters) {
    const values = numbers.allocate(parameter.count);
    values.set(initialValues(seed, parameter));
    parameters.set(parameter.name, values);
    gradients.set(parameter.name, numbers.allocate(parameter.count));
  }
  const batchNorm = new Map<string, Statistics>();
  for (const { layer, name, input } of network.layers) {
    if (!isBatchNorm(layer) || !tracksStatistics(layer)) continue;
    const [channels] = input;
    batchNorm.set(name, {
      runningMean: filled(channels, 0),
      runningVariance: filled(channels, 1),
      batchMean: filled(channels, 0),
      batchVariance: filled(channels, 0),
      ...(layer.momentum === null && { batchesTracked: 0 }),
    });
  }
  return { parameters, gradients, batchNorm };
}
