// What a kind of layer says about itself. One file a kind; code that walks a network asks these questions and never switches on the kind.
// How a layer computes is the engine's affair.
import type { Parameter, Shape } from '../network.ts';
import type { Item, ItemFamily } from '../recipe/items.ts';

/** Why an input does not fit: what the layer takes, and what to do about it. */
export interface Misfit {
  takes: string;
  help: string;
  /** Of a layer that joins: which branch does not fit, the first where it is left out. */
  branch?: number;
}

/** One list of layers of a layer that joins; it begins with the layer's input, and an empty one hands the input on. */
export interface Branch {
  layers: readonly Item[];
  /** Where the list stands in the recipe, from the layer on: `.body`, `[1]`. */
  place: string;
  /** What the names of its layers begin with, behind the layer's own: `shortcut/`. */
  block: string;
}

export interface LayerFamily<L extends Item> extends ItemFamily<L> {
  /** For a layer that joins: what it joins, in that order; layers are computed in the order of their lists. */
  branches?(layer: L): readonly Branch[];
  /** Shape of one sample behind the layer. `classes` is the number of classes of the data set, `joined` what each branch gives. */
  output(layer: L, input: Shape, classes: number, joined: readonly Shape[]): Shape | Misfit;
  /**
   * Channels behind the layer where the recipe alone tells them, of those that enter it by each branch; left out by layers that keep those
   * of the first.
   */
  channels?(layer: L, joined: readonly (number | undefined)[]): number | undefined;
  /** Learned parameters in canonical order. */
  parameters(layer: L, input: Shape, output: Shape): Parameter[];
  /** Multiply-adds of the forward pass of one sample. */
  multiplyAdds(layer: L, input: Shape, output: Shape): number;
}

/** The answers of a layer that keeps the shape, learns nothing and multiplies nothing that counts. */
export const keepsShape = {
  output: (_layer: Item, input: Shape): Shape => input,
  parameters: (): Parameter[] => [],
  multiplyAdds: () => 0,
};

/** `2,048 numbers` for a flat vector, `32 × 8 × 8` for maps. */
export function shapeWords([channels, height, width]: Shape): string {
  const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  return height === 1 && width === 1 ? `${grouped(channels)} numbers` : `${grouped(channels)} × ${height} × ${width}`;
}

/** Numbers in one sample. */
export function size(shape: Shape): number {
  return shape[0] * shape[1] * shape[2];
}

/** What a normalization learns: factors, first 1, and addends, first 0. */
export function scaleAndShift(layer: Item, shape: readonly number[]): Parameter[] {
  return [parameter(layer, 'weight', shape, { constant: 1 }), parameter(layer, 'bias', shape, { constant: 0 })];
}

/** A parameter `<layer>.<role>` with its canonical shape. */
export function parameter(layer: Item, role: Parameter['role'], shape: readonly number[], init: Parameter['init']): Parameter {
  const count = shape.reduce((product, length) => product * length, 1);
  return { name: `${layer.name}.${role}`, layer: layer.name, role, shape, count, init };
}
