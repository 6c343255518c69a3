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

/** `3×5`; one number stands for both sides. */
const both = (sides: unknown) => (Array.isArray(sides) ? sides : [sides, sides]).join('×');

/** One number, or `1×2` where rows and columns differ. */
const sides = (value: unknown) => (Array.isArray(value) ? both(value) : String(value));

const initWords = ({ init }: Settings) => (init === undefined ? [] : [`init ${phrase(init)}`]);

/** `3×3, padding 1, stride 2, depthwise`: kernel and padding always, of the rest what is not as usual. */
function convolutionWords(layer: Settings): string {
  const { multiplier } = (layer.depthwise ?? {}) as { multiplier?: number };
  const groups = layer.groups === undefined ? [] : [`${layer.groups} groups`];
  return [
    both(layer.kernel),
    `padding ${sides(layer.padding)}${layer.paddingMode === 'reflect' ? ' mirrored' : ''}`,
    ...(layer.stride === 1 ? [] : [`stride ${sides(layer.stride)}`]),
    ...(layer.dilation === undefined ? [] : [`dilation ${sides(layer.dilation)}`]),
    ...(multiplier === undefined ? groups : [multiplier === 1 ? 'depthwise' : `depthwise × ${multiplier}`]),
    ...initWords(layer),
  ].join(', ');
}

/** What a layer is set to: `3 → 16, 3×3`, `p 0.5`. `shortcut`: whether a residual block has layers beside its body. */
export function layerWords(layer: Settings | undefined, channels: { input: number; output: number; shortcut?: boolean }): string {
  if (layer === undefined) return '';
  switch (layer.kind) {
    case 'conv2d':
      return `${channels.input} → ${channels.output}, ${convolutionWords(layer)}`;
    case 'linear':
      return [`${integer(channels.input)} → ${integer(channels.output)}`, ...initWords(layer)].join(', ');
    case 'maxPool2d':
    case 'avgPool2d':
      return poolWords(layer);
    case 'adaptiveAvgPool2d':
      return `to ${sidesWords(layer.outputSize)}`;
    case 'residual':
      return channels.shortcut ? 'body + shortcut' : 'body + input';
    case 'concatenation':
      return `branches side by side, ${channels.output} channels`;
    case 'scale':
      return 'input × body, one number a channel';
    default: {
      const { kind: _kind, name: _name, ...fields } = layer;
      return Object.entries(fields)
        .map(([key, value]) => `${key} ${phrase(value)}`)
        .join(', ');
    }
  }
}

/** `2`, or `3×2` for rows and columns. */
function sidesWords(sides: unknown): string {
  return Array.isArray(sides) ? sides.join('×') : String(sides);
}

/** `3, stride 2, padding 1`; a stride that is the kernel goes without saying. */
function poolWords({ kernel, stride, padding, dilation, ceilMode, countIncludePad }: Settings): string {
  return [
    sidesWords(kernel),
    ...(sidesWords(stride) === sidesWords(kernel) ? [] : [`stride ${sidesWords(stride)}`]),
    ...(padding === undefined ? [] : [`padding ${sidesWords(padding)}`]),
    ...(dilation === undefined ? [] : [`dilation ${sidesWords(dilation)}`]),
    ...(ceilMode ? ['windows cut by the edge count'] : []),
    ...(countIncludePad === false ? ['padding does not count'] : []),
  ].join(', ');
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
