// Which layers are computed together: neighbours in the order norm by channel, sum of a residual block, activation, pooling, as far as one of
// the passes over channels takes them. What is not merged is a unit of its own; merging never changes a bit.
import { isActivation } from '../layers/activations.ts';
import { isChannelNorm } from '../layers/norms.ts';
import { isPooling, poolingOf, takenBy } from '../layers/poolings.ts';
import { squareWindows } from '../layers/windows.ts';
import type { ResolvedLayer } from '../network.ts';
import type { Layer } from '../recipe.ts';
import { poolsInOnePass, type SmoothPass } from './smoothPass.ts';

/** Layers of one unit; only neighbours of the order batch or group norm, sum of a residual block, activation, pooling are merged. */
export interface Group {
  layers: ResolvedLayer[];
  kinds: Layer['kind'][];
  /** Groups whose outputs it takes, by place, -1 for the images: its first layer's, then what is added where a sum is among them. */
  inputs: number[];
}

/** Pooling through windows that passes over channels know, square and whole; null for all else. */
export function squarePool({ layer, input }: ResolvedLayer): SmoothPass['pool'] {
  const windows = isPooling(layer) ? squareWindows(poolingOf(layer, input)) : null;
  return windows && isPooling(layer) ? { kind: takenBy(layer), ...windows } : null;
}

/** Places in that order; of layers that merge with nothing, none. */
function placeOf(resolved: ResolvedLayer): number | undefined {
  const { layer } = resolved;
  if (isChannelNorm(layer)) return 0;
  if (layer.kind === 'residual') return 1;
  if (isActivation(layer)) return 2;
  return squarePool(resolved) ? 3 : undefined;
}

/** What a smooth pass computes and no channel pass: activations, and pooling. */
const isSmoothActivation = ({ layer }: ResolvedLayer) => isActivation(layer) && layer.kind !== 'relu';
export const isSmooth = (resolved: ResolvedLayer) => isSmoothActivation(resolved) || squarePool(resolved)?.kind === 'average';

function mayFollow(resolved: ResolvedLayer, before: readonly ResolvedLayer[]): boolean {
  const place = placeOf(resolved);
  const last = placeOf(before.at(-1)!);
  if (place === undefined || last === undefined || place <= last) return false;
  const [, height, width] = resolved.input;
  const behindSum = before.some(({ layer }) => layer.kind === 'residual');
  // A smooth pass adds no shortcut.
  if (behindSum && isSmooth(resolved)) return false;
  const pool = squarePool(resolved);
  const everyWindow = behindSum || before.some(isSmoothActivation);
  return !pool || !everyWindow || poolsInOnePass({ height, width }, pool);
}

export function groupLayers(layers: readonly ResolvedLayer[], merge: boolean): Group[] {
  const groups: Group[] = [];
  const takers = layers.map((_, place) => layers.filter(({ inputs }) => inputs.includes(place)).length);
  /** By place of a layer, the group that it is the last of. */
  const endsIn = new Map<number, number>([[-1, -1]]);
  for (const [place, resolved] of layers.entries()) {
    const { layer, inputs } = resolved;
    const [from, ...others] = mainFirst(resolved, place) as [number, ...number[]];
    const last = groups.at(-1);
    // Between two layers, an output that goes elsewhere too must be there.
    if (merge && last && from === place - 1 && takers[from] === 1 && mayFollow(resolved, last.layers)) {
      last.layers.push(resolved);
      last.kinds.push(layer.kind);
      last.inputs.push(...others.map((other) => endsIn.get(other)!));
    } else groups.push({ layers: [resolved], kinds: [layer.kind], inputs: inputs.map((input) => endsIn.get(input)!) });
    endsIn.set(place, groups.length - 1);
  }
  return groups;
}

/**
 * The inputs of a layer. A sum of two branches goes into the pass of the later one, its neighbour, with what the earlier one gives added: the
 * same sum. Behind a flatten their orders may differ, and that of the first counts.
 */
function mainFirst({ layer, inputs, output: [, height, width] }: ResolvedLayer, place: number): readonly number[] {
  const [, shortcut] = inputs;
  return layer.kind === 'residual' && shortcut === place - 1 && height * width > 1 ? inputs.toReversed() : inputs;
}
