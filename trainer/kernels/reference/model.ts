// A whole network in plain loops: learned state, forward and backward. Knows no data set and no optimizer; engine.ts adds them.
import type { Network, Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { initialValues } from '../../random/draws.ts';
import { bindLayer } from './layers/index.ts';
import type { Learned, Pass, Statistics } from './layers/layer.ts';

export interface ReferenceModel {
  readonly learned: Learned;
  /** Logits (N, classes) of x (N, H, W, C). */
  forward(x: Values, pass: Pass): Values;
  /** Writes `learned.gradients` from the gradient of the logits (N, classes) of the last training pass. */
  backward(dlogits: Values, pass: Pass): void;
  /** Sum of squares of each gradient, in the order of the network's parameters. */
  squaredGradients(): Float64Array;
}

/** A network with initial values drawn from the seed. */
export function createModel(numbers: Numbers, network: Network, seed: number): ReferenceModel {
  const learned = initialState(numbers, network, seed);
  let maps: Shape = network.input;
  const layers = network.layers.map((resolved) => {
    const bound = bindLayer({ numbers, seed, layer: resolved.layer, resolved, maps, learned });
    maps = bound.maps;
    return bound;
  });
  // Nothing learns before the first layer with parameters, so no gradient is taken further.
  const first = network.layers.findIndex((resolved) => resolved.parameters.length > 0);
  return {
    learned,
    forward: (x, pass) => layers.reduce((values, layer) => layer.forward(values, pass), x),
    backward(dlogits, pass) {
      let gradient: Values | null = dlogits;
      for (let i = layers.length - 1; i >= 0 && gradient !== null; i--) gradient = layers[i]!.backward(gradient, pass, i > first);
    },
    squaredGradients: () => Float64Array.from(layers.flatMap((layer) => layer.squaredGradients())),
  };
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
    if (layer.kind !== 'batchNorm2d') continue;
    const [channels] = input;
    batchNorm.set(name, {
      runningMean: filled(channels, 0),
      runningVariance: filled(channels, 1),
      batchMean: filled(channels, 0),
      batchVariance: filled(channels, 0),
    });
  }
  return { parameters, gradients, batchNorm };
}
