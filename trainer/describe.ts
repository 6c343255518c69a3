// What a network is, layer by layer, before anything is trained: shapes, parameters, operations, how much of an image each value sees.
import { layerFamilies } from './layers/index.ts';
import type { Network, ResolvedLayer, Shape } from './network.ts';

export interface LayerDescription {
  name: string;
  kind: string;
  output: Shape;
  parameters: number;
  /** Floating-point operations of the forward pass of one image, 2 a multiply-add; nothing else is counted. */
  flops: number;
  /** The same of a training step, with the gradients that are wanted. */
  trainingFlops: number;
  /** Rows and columns of the image that one value of the output depends on, at most the whole of it. */
  receptiveField: readonly [rows: number, columns: number];
}

/** How an output sees the image: pixels that one value depends on, and from one value to the next. */
interface View {
  field: [rows: number, columns: number];
  jump: [rows: number, columns: number];
}

type Axis = 0 | 1;

/** A setting that is one number for both axes, or a pair. */
const onAxis = (setting: unknown, axis: Axis): number => Number(Array.isArray(setting) ? setting[axis] : setting);

/**
 * Pixels that one value of a layer takes along an axis, and from one value to the next. Layers without a kernel take one, or where they
 * make fewer of many (a flatten, adaptive pooling) as many as it takes.
 */
function windowOf({ layer, input, output }: ResolvedLayer, axis: Axis): { span: number; stride: number } {
  const { kernel, stride = 1, dilation = 1 } = layer as { kernel?: unknown; stride?: unknown; dilation?: unknown };
  const [from, to] = [input[axis + 1]!, output[axis + 1]!];
  if (kernel === undefined) return { span: Math.ceil(from / to), stride: Math.floor(from / to) };
  return { span: onAxis(dilation, axis) * (onAxis(kernel, axis) - 1) + 1, stride: onAxis(stride, axis) };
}

function widest(views: readonly View[]): View {
  const largest = (of: (view: View) => number) => Math.max(...views.map(of));
  return {
    field: [largest(({ field }) => field[0]), largest(({ field }) => field[1])],
    jump: [largest(({ jump }) => jump[0]), largest(({ jump }) => jump[1])],
  };
}

/** Every layer in the order in which they are computed, blocks behind what is within them. */
export function describeNetwork(network: Network): LayerDescription[] {
  const views: View[] = [];
  return network.layers.map((resolved) => {
    const { layer, name, input, output, inputs, parameters, flops } = resolved;
    const before = widest(inputs.map((place) => views[place] ?? { field: [1, 1], jump: [1, 1] }));
    const view: View = { field: [...before.field], jump: [...before.jump] };
    for (const axis of [0, 1] as const) {
      // What joins takes nothing but what its branches have seen.
      const { span, stride } = inputs.length > 1 ? { span: 1, stride: 1 } : windowOf(resolved, axis);
      view.field[axis] += (span - 1) * before.jump[axis];
      view.jump[axis] *= stride;
    }
    views.push(view);
    const [, height, width] = network.input;
    return {
      name,
      kind: layer.kind,
      output,
      parameters: parameters.reduce((sum, { count }) => sum + count, 0),
      flops: 2 * layerFamilies[layer.kind].multiplyAdds(layer, input, output),
      trainingFlops: flops,
      receptiveField: [Math.min(view.field[0], height), Math.min(view.field[1], width)],
    };
  });
}
