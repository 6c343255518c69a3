// From a network to phases: which layers are computed together, where their values lie, and the list of works of a training step and of
// the two kinds of evaluation. Layers that merge with nothing become units of their own; merging never changes a bit.
import { isActivation } from '../layers/activations.ts';
import { isChannelNorm } from '../layers/norms.ts';
import { isPooling, poolingOf, takenBy } from '../layers/poolings.ts';
import type { Network, ResolvedLayer, Shape } from '../network.ts';
import { activationKernels } from './activations.ts';
import { planBackward } from './backward.ts';
import { type Group, groupLayers, isSmooth, squarePool } from './groups.ts';
import { cutPhases } from './phases.ts';
import { NO_RIM, type Plane, planeOf, type Rim, widestRim } from './plane.ts';
import { type ChannelLayers, channelsUnit } from './units/channels.ts';
import { convolutionUnit, inputRim } from './units/convolution.ts';
import { orderOf } from './units/fork.ts';
import { concatenationUnit, scaleUnit } from './units/join.ts';
import { layerNormUnit } from './units/layerNorm.ts';
import { dropoutUnit, flattenUnit } from './units/light.ts';
import { linearUnit } from './units/linear.ts';
import { poolingUnit } from './units/pooling.ts';
import { type SmoothLayers, smoothUnit } from './units/smooth.ts';
import { batchOf, type Shortcut, type Site, type Unit } from './units/unit.ts';
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

/** Whether a layer's output stands in an order of its own; a flatten, and what works element by element, keep that of the maps before it. */
const makesMaps = ({ layer }: ResolvedLayer) =>
  layer.kind === 'conv2d' || layer.kind === 'linear' || layer.kind === 'concatenation' || isPooling(layer);

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
  const shapeAt = (place: number) => groups[place]?.layers.at(-1)?.output ?? network.input;
  const isVector = (place: number) => shapeAt(place)[1] * shapeAt(place)[2] === 1;
  const joined = (place: number, { kinds, inputs, layers }: Group): Shortcut => {
    const wantsGradient = learns(groups[place]);
    const { name } = layers.at(-1)!;
    // Vectors may stand in the order of the maps before a flatten: side by side they are canonical, else in the order of the first.
    const wanted = kinds[0] !== 'concatenation' && isVector(inputs[0]!) ? mapsAt(inputs[0]!) : shapeAt(place);
    if (mapsAt(place).every((length, i) => length === wanted[i])) return { values: valuesAt(place), order: null, wantsGradient };
    const order = orderOf(site, name, valuesAt(place), mapsAt(place), wanted);
    return { values: order.values, order, wantsGradient };
  };
  for (const [index, group] of groups.entries()) {
    const { output: shape } = group.layers.at(-1)!;
    const from = group.inputs[0]!;
    const taken: Taken = { values: valuesAt(from), maps: mapsAt(from), joined: (which) => joined(group.inputs[which]!, group) };
    units.push(buildUnit(site, group, taken, planeOf(shape, rimFor(groups, index))));
    maps.push(group.layers.some(makesMaps) ? shape : mapsAt(from));
  }
  const logits = units.at(-1)!.output;
  const backward = planBackward(
    site,
    groups.map((group, index) => ({ unit: units[index]!, inputs: group.inputs, learns: learns(group) })),
    { direct: false, into: (place) => [ends.loss(logits, place)] },
  );

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

/** Images are dense where a convolution reads them, pixel by pixel padded to whole blocks where lanes work on them. */
function inputPlane(shape: Shape, groups: readonly Group[]): Plane {
  return groups[0]?.kinds[0] === 'conv2d' ? planeOf(shape, rimFor(groups, -1), shape[0]) : planeOf(shape);
}

/** The rim of zeros that those read who take a group's output; -1 stands for the images. */
function rimFor(groups: readonly Group[], index: number): Rim {
  return widestRim(
    groups
      .filter(({ inputs }) => inputs[0] === index)
      .map(({ layers: [first] }) => (first!.layer.kind === 'conv2d' ? inputRim(first!.layer) : NO_RIM)),
  );
}

/** What a unit takes. */
interface Taken {
  values: Values;
  maps: Shape;
  /** One of its inputs, counted from 0, in the order in which a layer that joins wants it. */
  joined(which: number): Shortcut;
}

function buildUnit(site: Site, group: Group, { values: input, maps, joined }: Taken, output: Plane): Unit {
  const resolved = group.layers[0]!;
  const { layer } = resolved;
  switch (layer.kind) {
    case 'conv2d':
      return convolutionUnit(site, resolved, layer, input, output);
    case 'linear':
      return linearUnit(site, resolved, layer, maps, input, output);
    case 'dropout':
    case 'dropout2d':
      return dropoutUnit(site, layer, input, output);
    case 'layerNorm':
      return layerNormUnit(site, resolved, layer, input, output);
    case 'flatten':
      return flattenUnit(site, layer.name, input, output);
    case 'concatenation': {
      const inputs = group.inputs.map((_, which) => joined(which));
      return concatenationUnit(site, layer.name, inputs, output);
    }
    case 'scale':
      return scaleUnit(site, layer.name, input, joined(1), output);
    default:
      if (isPooling(layer) && !squarePool(resolved)) {
        return poolingUnit(site, layer.name, takenBy(layer), poolingOf(layer, resolved.input), input, output);
      }
      if (group.layers.some(isSmooth)) return smoothUnit(site, smoothLayers(group), input, output);
      return channelsUnit(site, { ...channelLayers(group), shortcut: group.inputs.length > 1 ? joined(1) : null }, input, output);
  }
}

function channelLayers({ layers }: Group): Omit<ChannelLayers, 'shortcut'> {
  const result: Omit<ChannelLayers, 'shortcut'> = {
    name: layers.map(({ name }) => name).join('+'),
    norm: null,
    relu: false,
    pool: null,
  };
  for (const resolved of layers) {
    const { layer } = resolved;
    if (isChannelNorm(layer)) result.norm = { layer, resolved };
    if (layer.kind === 'relu') result.relu = true;
    result.pool ??= squarePool(resolved);
  }
  return result;
}

function smoothLayers({ layers }: Group): SmoothLayers {
  const result: SmoothLayers = { name: layers.map(({ name }) => name).join('+'), norm: null, activation: null, pool: null };
  for (const resolved of layers) {
    const { layer } = resolved;
    if (isChannelNorm(layer)) result.norm = { layer, resolved };
    if (isActivation(layer)) result.activation = activationKernels(layer);
    result.pool ??= squarePool(resolved);
  }
  return result;
}
