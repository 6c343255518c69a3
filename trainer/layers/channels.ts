// How many channels a list of layers ends with, as far as the recipe alone tells: what enters the first layer is the data set's affair.
import { type Layer, layerFamilies } from './index.ts';

/** Undefined where it depends on the images. */
export function channelsBehind(layers: readonly Layer[], before?: number): number | undefined {
  return layers.reduce((channels: number | undefined, layer) => {
    const family = layerFamilies[layer.kind];
    const joined = family.branches?.(layer).map((branch) => channelsBehind(branch.layers as readonly Layer[], channels)) ?? [channels];
    return family.channels ? family.channels(layer, joined) : joined[0];
  }, before);
}
