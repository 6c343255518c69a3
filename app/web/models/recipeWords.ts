// A canonical recipe in a reader's words: settings as a list, layers as a phrase. Presets are expanded by then, defaults filled in.
import { everyLayer, type RecordedLayer } from '../../../trainer/index.ts';
import { integer } from '../../../views/format/number.ts';

type Settings = Record<string, unknown>;

/** `adam · lr 0.001 · beta1 0.9`: the type, then each field by its name in the recipe; what has fields of its own in brackets. */
export function phrase(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(phrase).join(', ');
  if (typeof value !== 'object') return String(value);
  const { type, kind, name, ...fields } = value as Settings;
  const rest = Object.entries(fields).map(([key, field]) => {
    const words = phrase(field);
    return words.includes(' · ') ? `${key} (${words})` : `${key} ${words}`;
  });
  return [type ?? kind, ...rest].filter((part) => part !== undefined).join(' · ');
}

/** Every setting but the network, as term and words. */
export function settings(recipe: Settings): [term: string, words: string][] {
  const { network: _, split, dataset, record, ...rest } = recipe;
  const parts = (split ?? {}) as { train?: number; validation?: number; seed?: number };
  return [
    ['data set', String(dataset ?? '')],
    ['split', `${integer(parts.train)} training, ${integer(parts.validation)} validation, seed ${parts.seed ?? ''}`],
    ...Object.entries(rest).map(([key, value]) => [key, phrase(value)] as [string, string]),
    ...(record === undefined ? [] : [['record', phrase(record)] as [string, string]]),
  ];
}

/** What a layer is set to: `3 → 16, 3×3`, `p 0.5`. */
export function layerWords(layer: Settings | undefined, channels: { input: number; output: number }): string {
  if (layer === undefined) return '';
  switch (layer.kind) {
    case 'conv2d': {
      const stride = layer.stride === 1 ? '' : `, stride ${layer.stride}`;
      return `${channels.input} → ${channels.output}, ${layer.kernel}×${layer.kernel}, padding ${layer.padding}${stride}`;
    }
    case 'linear':
      return `${integer(channels.input)} → ${integer(channels.output)}`;
    case 'maxPool2d':
      return layer.stride === layer.kernel ? String(layer.kernel) : `${layer.kernel}, stride ${layer.stride}`;
    case 'residual':
      return 'body + input';
    default: {
      const { kind: _kind, name: _name, ...fields } = layer;
      return Object.entries(fields)
        .map(([key, value]) => `${key} ${phrase(value)}`)
        .join(', ');
    }
  }
}

/** Layers and augmentations by name, other settings by path, each as words: what two recipes are compared by. */
export function flatRecipe(recipe: Settings): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(recipe)) {
    if (key === 'network' || key === 'augment')
      for (const entry of everyLayer((value ?? []) as RecordedLayer[])) flat.set(`${key}. ${entry.name}`, phrase(entry));
    else if (value !== null && typeof value === 'object' && !Array.isArray(value))
      for (const [field, inner] of Object.entries(value)) flat.set(`${key}. ${field}`, phrase(inner));
    else flat.set(key, phrase(value));
  }
  return flat;
}
