// Which paths a written recipe has: the tree of its settings, drawn from the schemas. `setPath` walks it.
import type * as z from 'zod';
import { augmentFamilies } from '../augment/index.ts';
import { layerFamilies } from '../layers/index.ts';
import { optimizers } from '../optimizers/index.ts';
import { presets } from '../presets/index.ts';
import { recipeOutline } from '../recipe.ts';
import { scheduleSchemas } from '../schedules/index.ts';
import { isPlainObject, keysOf } from './check.ts';
import { type Item, type ItemFamilies, settingsOf } from './items.ts';

export interface Outline {
  keys: Readonly<Record<string, Outline>>;
  /** Exactly one of the keys is present: the preset of a network, the kind of a layer. */
  choice?: boolean;
  /** Where the part may be a list: what an entry, as it is written, looks like. */
  entry?: (written: unknown) => Outline;
  /** The setting that a bare value stands for, written out. */
  open?: (bare: unknown) => Record<string, unknown>;
}

const leaf: Outline = { keys: {} };

function leaves(keys: readonly string[]): Record<string, Outline> {
  return Object.fromEntries(keys.map((key) => [key, leaf]));
}

function typed(schemas: Readonly<Record<string, z.ZodType>>): Outline {
  return { keys: leaves(Object.values(schemas).flatMap(keysOf)), open: (type) => ({ type }) };
}

function items<T extends Item>(families: ItemFamilies<T>): (written: unknown) => Outline {
  const kinds = Object.entries(families).map(([kind, family]): [string, Outline] => {
    const { shorthand } = family;
    return [kind, { keys: leaves(settingsOf(family)), ...(shorthand && { open: (bare) => ({ [shorthand]: bare }) }) }];
  });
  const written: Outline = { keys: Object.fromEntries(kinds), choice: true, open: (kind) => ({ [String(kind)]: {} }) };
  return (entry) => {
    const kind = isPlainObject(entry) && typeof entry.kind === 'string' ? entry.kind : undefined;
    return (kind !== undefined && written.keys[kind]) || written;
  };
}

const parts = recipeOutline.shape;

/** The whole recipe. */
export const outline: Outline = {
  keys: {
    ...leaves(keysOf(recipeOutline)),
    split: { keys: leaves(keysOf(parts.split)) },
    record: { keys: leaves(keysOf(parts.record)) },
    optimizer: typed(optimizers),
    schedule: typed(scheduleSchemas),
    augment: { keys: {}, entry: items(augmentFamilies) },
    network: {
      keys: Object.fromEntries(Object.entries(presets).map(([name, { schema }]) => [name, { keys: leaves(keysOf(schema)) }])),
      choice: true,
      entry: items(layerFamilies),
      open: (preset) => ({ [String(preset)]: {} }),
    },
  },
};
