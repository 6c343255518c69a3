// From a network to phases: which layers are computed together, where their values lie, and the list of works of a training step and of
// the two kinds of evaluation. Layers that merge with nothing become units of their own; merging never changes a bit.
import type { Network, ResolvedLayer, Shape } from '../network.ts';
import type { Layer } from '../recipe.ts';
import { cutPhases } from './phases.ts';
import { NO_RIM, type Plane, planeOf, type Rim } from './plane.ts';
import { poolsWithGelu } from './smoothPass.ts';
import { type ChannelLayers, channelsUnit } from './units/channels.ts';
import { convolutionUnit } from './units/convolution.ts';
import { dropoutUnit, flattenUnit } from './units/light.ts';
import { linearUnit } from './units/linear.ts';
import { type SmoothLayers, smoothUnit } from './units/smooth.ts';
import { batchOf, type Site, type Supply, type Unit } from './units/unit.ts';
import type { Phase, Values, Work } from './work.ts';

/** Phases in order; a phase's chunks may run in any order. */
export interface Plan {
  units: readonly Unit[];
  training: readonly Phase[];
  batchStatistics: readonly Phase[];
  runningStatistics: readonly Phase[];
}

/** What is not a layer: the first and the last works of a pass. */
export interface Ends {
  /** Fills the samples of a batch. */
  gather(input: Values): Work;
  /** Losses of the logits, and their gradients where there is a place for them. */
  loss(logits: Values, gradients: Values | null): Work;
}

/** Layers of one unit; only neighbours of the order batch norm, activation, pooling are merged. */
type Group = { layers: ResolvedLayer[]; kinds: Layer['kind'][] };

/** Places in that order. */
const MERGEABLE: Partial<Record<Layer['kind'], number>> = { batchNorm2d: 0, relu: 1, gelu: 1, maxPool2d: 2, avgPool2d: 2 };

const MAKES_MAPS: readonly Layer['kind'][] = ['conv2d', 'linear', 'maxPool2d', 'avgPool2d'];

function mayFollow({ layer, input }: ResolvedLayer, before: readonly Layer['kind'][]): boolean {
  const place = MERGEABLE[layer.kind];
  const last = MERGEABLE[before.at(-1)!];
  if (place === undefined || last === undefined || place <= last) return false;
  const [, height, width] = input;
  const pools = layer.kind === 'maxPool2d' || layer.kind === 'avgPool2d';
  return !pools || !before.includes('gelu') || poolsWithGelu({ height, width }, layer);
}

export function groupLayers(layers: readonly ResolvedLayer[], merge: boolean): Group[] {
  const groups: Group[] = [];
  for (const resolved of layers) {
    const { kind } = resolved.layer;
    const last = groups.at(-1);
    if (merge && last && mayFollow(resolved, last.kinds)) {
      last.layers.push(resolved);
      last.kinds.push(kind);
    } else groups.push({ layers: [resolved], kinds: [kind] });
  }
  return groups;
}

/** Plans a network; with `merge` false every layer is a unit of its own. */
export function planNetwork(site: Site, network: Network, ends: Ends, merge = true): Plan {
  const groups = groupLayers(network.layers, merge);
  const input = batchOf(site, inputPlane(network.input, groups));
  const units: Unit[] = [];
  let values = input;
  let maps = network.input;
  for (const [index, group] of groups.entries()) {
    const shape = group.layers.at(-1)!.output;
    const unit = buildUnit(site, group, values, maps, planeOf(shape, rimFor(groups[index + 1])));
    // A flatten, and what works element by element, keep the storage order of the maps before it.
    if (group.kinds.some((kind) => MAKES_MAPS.includes(kind))) maps = shape;
    units.push(unit);
    values = unit.output;
  }
  let supply: Supply = { direct: false, into: (place) => [ends.loss(values, place)] };
  // Nothing learns before the first unit with parameters, so no gradient is taken further.
  const first = groups.findIndex((group) => group.layers.some(({ parameters }) => parameters.length > 0));
  for (let index = units.length - 1; index >= first; index--) supply = units[index]!.backward(supply, index > first);
  const backward = supply.into(null);

  const forward = (mode: 'training' | 'batchStatistics' | 'runningStatistics') => [
    ends.gather(input),
    ...units.flatMap((unit) => unit.forward(mode)),
  ];
  return {
    units,
    training: cutPhases([
      ...units.flatMap((unit) => unit.prepare()),
      ...forward('training'),
      ...backward,
      // Parameters move only when no gradient is computed from them any more.
      { kind: 'cut' },
      ...units.flatMap((unit) => unit.update()),
    ]),
    batchStatistics: cutPhases([...forward('batchStatistics'), ends.loss(values, null)]),
    runningStatistics: cutPhases([...forward('runningStatistics'), ends.loss(values, null)]),
  };
}

/** Images are dense where a convolution reads them, pixel by pixel padded to whole blocks where lanes work on them. */
function inputPlane(shape: Shape, groups: readonly Group[]): Plane {
  const first = groups[0];
  return first?.kinds[0] === 'conv2d' ? planeOf(shape, rimFor(first), shape[0]) : planeOf(shape);
}

/** The rim of zeros that the next unit reads. */
function rimFor(next: Group | undefined): Rim {
  const layer = next?.layers[0]?.layer;
  return layer?.kind === 'conv2d' ? { before: layer.padding, after: layer.padding } : NO_RIM;
}

function buildUnit(site: Site, group: Group, input: Values, maps: Shape, output: Plane): Unit {
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
      return flattenUnit(site, layer.name, input);
    default:
      if (group.kinds.includes('gelu') || group.kinds.includes('avgPool2d')) return smoothUnit(site, smoothLayers(group), input, output);
      return channelsUnit(site, channelLayers(group), input, output);
  }
}

function channelLayers({ layers }: Group): ChannelLayers {
  const result: ChannelLayers = { name: layers.map(({ name }) => name).join('+'), batchNorm: null, relu: false, pool: null };
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
