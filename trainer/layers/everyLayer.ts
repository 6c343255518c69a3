// The layers of a recorded network one by one, for whoever reads a recipe and asks nothing about shapes.
import { type LayerKind, layerFamilies } from './index.ts';

/** A layer as a recipe records it. */
export type RecordedLayer = Readonly<Record<string, unknown>> & { readonly kind: string; readonly name: string };

/**
 * Every layer of a canonical network in the order in which they are computed: those within a block before it, under their full names
 * (`residual.1/conv2d.1`), and the block without them. Kinds that this version does not know stand as they are; what should be a list of layers
 * and is none counts as empty.
 */
export function everyLayer(layers: readonly RecordedLayer[], block = ''): RecordedLayer[] {
  return layers.flatMap((layer) => {
    const name = `${block}${layer.name}`;
    const nested = layerFamilies[layer.kind as LayerKind]?.nested ?? [];
    const within = nested.flatMap(({ setting, block: inner, lists }) => {
      const value = layer[setting];
      if (!lists) return everyLayer(listOf(value), `${name}/${inner}`);
      return Array.isArray(value) ? value.flatMap((list, i) => everyLayer(listOf(list), `${name}/${inner}${i + 1}/`)) : [];
    });
    const own = Object.fromEntries(Object.entries(layer).filter(([key]) => !nested.some(({ setting }) => setting === key)));
    return [...within, { ...own, kind: layer.kind, name }];
  });
}

function listOf(value: unknown): readonly RecordedLayer[] {
  return Array.isArray(value) ? value.filter((item) => typeof item?.kind === 'string' && typeof item.name === 'string') : [];
}
