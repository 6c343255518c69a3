// From a network to phases: which layers are computed together, where their values lie, and the list of works of a training step and of
// the two kinds of evaluation. Layers that merge with nothing become units of their own; merging never changes a bit.
import type { Network, ResolvedLayer, Shape } from '../network.ts';
import type { Layer } from '../recipe.ts';
import { cutPhases } from './phases.ts';
import { type Plane, planeOf, type Rim } from './plane.ts';
import { poolsInOnePass } from './smoothPass.ts';
import { type ChannelLayers, channelsUnit } from './units/channels.ts';
import { convolutionUnit } from './units/convolution.ts';
import { forkSupply, orderOf } from './units/fork.ts';
import { dropoutUnit, flattenUnit } from './units/light.ts';
import { linearUnit } from './units/linear.ts';
import { type SmoothLayers, smoothUnit } from './units/smooth.ts';
import { batchOf, type Shortcut, type ShortcutGradient, type Site, type Supply, type Unit } from './units/unit.ts';
import type { Phase, Values, Work } from './work.ts';

/** Phases in order; a phase's chunks may run in any order. */
export interface Plan {
  units: readonly Unit[];
  /** What is left of a pass, by layer: of layers that are computed together, only what the last one gives. */
  outputs: ReadonlyMap<string, Values>;
  /** A training step, or its last batch. */
  training: readonly Phase[];
  /** A batch of a training step that has more to come. */
  accumulating: readonly Phase[];
  batchStatistics: readonly Phase[];
  runningStatistics: readonly Phase[];
}

/** What is not a layer: the first and the last works of a pass. */
export interface Ends {
  /** Fills the samples of a batch. */
  gather(input: Values): Work;
  /** Losses of the logits, and their gradients where there is a place for them. */
  loss(logits: Values, gradients: Values | null): Work;
  /** What is left to do once every unit's update is done. */
  move(): Work[];
}

/** Layers of one unit; only neighbours of the order batch norm, sum of a residual block, activation, pooling are merged. */
interface Group {
  layers: ResolvedLayer[];
  kinds: Layer['kind'][];
  /** Groups whose outputs it takes, by place, -1 for the images: its first layer's, then the shortcut's where a sum is among them. */
  inputs: number[];
}

/** Places in that order. */
const MERGEABLE: Partial<Record<Layer['kind'], number>> = { batchNorm2d: 0, residual: 1, relu: 2, gelu: 2, maxPool2d: 3, avgPool2d: 3 };

const MAKES_MAPS: readonly Layer['kind'][] = ['conv2d', 'linear', 'maxPool2d', 'avgPool2d'];

function mayFollow({ layer, input }: ResolvedLayer, before: readonly Layer['kind'][]): boolean {
  const place = MERGEABLE[layer.kind];
  const last = MERGEABLE[before.at(-1)!];
  if (place === undefined || last === undefined || place <= last) return false;
  const [, height, width] = input;
  const pools = layer.kind === 'maxPool2d' || layer.kind === 'avgPool2d';
  // GELU and average pooling have no pass that adds a shortcut.
  if (before.includes('residual') && (layer.kind === 'gelu' || layer.kind === 'avgPool2d')) return false;
  const everyWindow = before.includes('gelu') || before.includes('residual');
  return !pools || !everyWindow || poolsInOnePass({ height, width }, layer);
}

export function groupLayers(layers: readonly ResolvedLayer[], merge: boolean): Group[] {
  const groups: Group[] = [];
  const takers = layers.map((_, place) => layers.filter(({ inputs }) => inputs.includes(place)).length);
  /** By place of a layer, the group that it is the last of. */
  const endsIn = new Map<number, number>([[-1, -1]]);
  for (const [place, resolved] of layers.entries()) {
    const { layer, inputs } = resolved;
    const [from, ...others] = inputs as [number, ...number[]];
    const last = groups.at(-1);
    // Between two layers, an output that goes elsewhere too must be there.
    if (merge && last && from === place - 1 && takers[from] === 1 && mayFollow(resolved, last.kinds)) {
      last.layers.push(resolved);
      last.kinds.push(layer.kind);
      last.inputs.push(...others.map((other) => endsIn.get(other)!));
    } else groups.push({ layers: [resolved], kinds: [layer.kind], inputs: inputs.map((input) => endsIn.get(input)!) });
    endsIn.set(place, groups.length - 1);
  }
  return groups;
}

/** Whether anything in or before a group learns, so that the gradient of its output is wanted. */
const learns = (group: Group | undefined) => group?.layers.at(-1)?.learns ?? false;

/** Plans a network; with `merge` false every layer is a unit of its own. */
export function planNetwork(site: Site, network: Network, ends: Ends, merge = true): Plan {
  const groups = groupLayers(network.layers, merge);
  const input = batchOf(site, inputPlane(network.input, groups));
  const units: Unit[] = [];
  const maps: Shape[] = [];
  const valuesAt = (place: number) => units[place]?.output ?? input;
  const mapsAt = (place: number) => maps[place] ?? network.input;
  const shortcutFrom = (place: number, wanted: Shape, name: string): Shortcut => {
    const wantsGradient = learns(groups[place]);
    // Where a flatten lies between them, the body's elements stand in another order than the input's.
    if (mapsAt(place).every((length, i) => length === wanted[i])) return { values: valuesAt(place), order: null, wantsGradient };
    const order = orderOf(site, name, valuesAt(place), mapsAt(place), wanted);
    return { values: order.values, order, wantsGradient };
  };
  for (const [index, group] of groups.entries()) {
    const { name, output: shape } = group.layers.at(-1)!;
    const [from, other] = group.inputs as [number, number | undefined];
    const shortcut = other === undefined ? null : shortcutFrom(other, mapsAt(from), name);
    units.push(buildUnit(site, group, { values: valuesAt(from), maps: mapsAt(from), shortcut }, planeOf(shape, rimFor(groups, index))));
    // A flatten, and what works element by element, keep the storage order of the maps before it.
    maps.push(group.kinds.some((kind) => MAKES_MAPS.includes(kind)) ? shape : mapsAt(from));
  }
  const logits = units.at(-1)!.output;
  const backward = planBackward(site, groups, units, { direct: false, into: (place) => [ends.loss(logits, place)] });

  const forward = (mode: 'training' | 'batchStatistics' | 'runningStatistics') => [
    ends.gather(input),
    ...units.flatMap((unit) => unit.forward(mode)),
  ];
  const gradients: Work[] = [
    ...units.flatMap((unit) => unit.prepare()),
    ...forward('training'),
    ...backward,
    // Parameters move only when no gradient is computed from them any more.
    { kind: 'cut' },
    ...units.flatMap((unit) => unit.update()),
  ];
  return {
    units,
    outputs: new Map(groups.map(({ layers }, index) => [layers.at(-1)!.name, valuesAt(index)])),
    training: cutPhases([...gradients, ...ends.move()]),
    accumulating: cutPhases(gradients),
    batchStatistics: cutPhases([...forward('batchStatistics'), ends.loss(logits, null)]),
    runningStatistics: cutPhases([...forward('runningStatistics'), ends.loss(logits, null)]),
  };
}

/** Works of the way back, from the loss to the first unit that learns. */
function planBackward(site: Site, groups: readonly Group[], units: readonly Unit[], loss: Supply): Work[] {
  /** By unit: where the gradient of its output comes from, and what comes past the blocks that begin there, in their order. */
  const supplies = new Map<number, Supply>([[units.length - 1, loss]]);
  const shortcuts = units.map((): ShortcutGradient[] => []);
  let last = loss;
  for (let index = units.length - 1; index >= 0; index--) {
    const [from, shortcutFrom] = groups[index]!.inputs as [number, number | undefined];
    // Nothing learns before the first unit with parameters, so no gradient is taken further.
    if (!learns(groups[index])) continue;
    const unit = units[index]!;
    const supply = shortcuts[index]!.reduce(
      (way, shortcut) => forkSupply(site, unit.name, unit.output, way, shortcut),
      supplies.get(index)!,
    );
    last = unit.backward(supply, learns(groups[from]));
    supplies.set(from, last);
    if (shortcutFrom === undefined || !learns(groups[shortcutFrom])) continue;
    // Units are passed from the last to the first.
    shortcuts[shortcutFrom]!.unshift(unit.shortcutGradient!());
  }
  return last.into(null);
}

/** Images are dense where a convolution reads them, pixel by pixel padded to whole blocks where lanes work on them. */
function inputPlane(shape: Shape, groups: readonly Group[]): Plane {
  return groups[0]?.kinds[0] === 'conv2d' ? planeOf(shape, rimFor(groups, -1), shape[0]) : planeOf(shape);
}

/** The rim of zeros that those read who take a group's output; -1 stands for the images. */
function rimFor(groups: readonly Group[], index: number): Rim {
  const paddings = groups
    .filter(({ inputs }) => inputs[0] === index)
    .map(({ layers: [first] }) => (first!.layer.kind === 'conv2d' ? first!.layer.padding : 0));
  const padding = Math.max(0, ...paddings);
  return { before: padding, after: padding };
}

/** What a unit takes. */
interface Taken {
  values: Values;
  maps: Shape;
  shortcut: Shortcut | null;
}

function buildUnit(site: Site, group: Group, { values: input, maps, shortcut }: Taken, output: Plane): Unit {
  const resolved = group.layers[0]!;
  const { layer } = resolved;
  switch (layer.kind) {
    case 'conv2d':
      return convolutionUnit(site, resolved, layer, input, output);
    case 'linear':
      return linearUnit(site, resolved, layer, maps, input, output);
    case 'dropout':
      return dropoutUnit(site, layer, input, output);
    case 'flatten':
      return flattenUnit(site, layer.name, input, output);
    default:
      if (group.kinds.includes('gelu') || group.kinds.includes('avgPool2d')) return smoothUnit(site, smoothLayers(group), input, output);
      return channelsUnit(site, { ...channelLayers(group), shortcut }, input, output);
  }
}

function channelLayers({ layers }: Group): Omit<ChannelLayers, 'shortcut'> {
  const result: Omit<ChannelLayers, 'shortcut'> = {
    name: layers.map(({ name }) => name).join('+'),
    batchNorm: null,
    relu: false,
    pool: null,
  };
  for (const resolved of layers) {
    const { layer } = resolved;
    if (layer.kind === 'batchNorm2d') result.batchNorm = { layer, resolved };
    if (layer.kind === 'relu') result.relu = true;
    if (layer.kind === 'maxPool2d') result.pool = layer;
  }
  return result;
}

function smoothLayers({ layers }: Group): SmoothLayers {
  const result: SmoothLayers = { name: layers.map(({ name }) => name).join('+'), batchNorm: null, activation: null, pool: null };
  for (const resolved of layers) {
    const { layer } = resolved;
    if (layer.kind === 'batchNorm2d') result.batchNorm = { layer, resolved };
    if (layer.kind === 'relu' || layer.kind === 'gelu') result.activation = layer.kind;
    if (layer.kind === 'maxPool2d') result.pool = { kind: 'max', kernel: layer.kernel, stride: layer.stride };
    if (layer.kind === 'avgPool2d') result.pool = { kind: 'average', kernel: layer.kernel, stride: layer.stride };
  }
  return result;
}
