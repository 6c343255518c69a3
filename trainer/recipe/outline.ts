// Which paths a written recipe has: the tree of its settings, drawn from the schemas. `setPath` walks it.
import type * as z from 'zod';
import { augmentFamilies } from '../augment/index.ts';
import { layerFamilies } from '../layers/index.ts';
import { layerShorthands } from '../layers/shorthands.ts';
import { crossEntropySettings } from '../losses/index.ts';
import { adamWSettings } from '../optimizers/adamW.ts';
import { optimizers } from '../optimizers/index.ts';
import { groupSettings } from '../optimizers/optimizer.ts';
import { presets } from '../presets/index.ts';
import { recipeOutline } from '../recipe.ts';
import { scheduleParts, scheduleSchemas } from '../schedules/index.ts';
import { warmupSchema } from '../schedules/warmup.ts';
import { isPlainObject, keysOf } from './check.ts';
import { clipSettings } from './clip.ts';
import { type Item, type ItemFamilies, type ItemFamily, type Nested, type Shorthand, type Shorthands, settingsOf } from './items.ts';
import { targetSchema } from './stop.ts';

type Open = (bare: unknown) => Record<string, unknown> | undefined;

export interface Outline {
  keys: Readonly<Record<string, Outline>>;
  /** Exactly one of the keys is present: the preset of a network, the kind of a layer. */
  choice?: boolean;
  /** Where the part may be a list: what an entry, as it is written, looks like. */
  entry?: (written: unknown) => Outline;
  /** What a bare value, or a bare list, stands for, written out; undefined where it stands for nothing else. */
  open?: Open;
}

const leaf: Outline = { keys: {} };

function leaves(keys: readonly string[]): Record<string, Outline> {
  return Object.fromEntries(keys.map((key) => [key, leaf]));
}

/** For parts that a word or a number may stand for. */
function opens(write: (bare: unknown) => Record<string, unknown>): Open {
  return (bare) => (Array.isArray(bare) ? undefined : write(bare));
}

function typed(schemas: Readonly<Record<string, z.ZodType>>): Outline {
  return { keys: leaves(Object.values(schemas).flatMap(keysOf)), open: opens((type) => ({ type })) };
}

function schedules(): Outline {
  const { keys, open } = typed(scheduleSchemas);
  const part = typed(scheduleParts);
  const deeper = { schedules: { keys: {}, entry: () => part }, warmup: { keys: leaves(keysOf(warmupSchema)) } };
  return { keys: { ...keys, ...deeper }, ...(open !== undefined && { open }) };
}

function items<T extends Item>(families: ItemFamilies<T>, shorthands: Shorthands<T> = {}): (written: unknown) => Outline {
  const entry = (written: unknown): Outline => {
    const kind = isPlainObject(written) && typeof written.kind === 'string' ? written.kind : undefined;
    return (kind !== undefined && kinds.keys[kind]) || kinds;
  };
  /** A list's entries are items, or lists of them. */
  const entryOf = ({ lists }: Nested) => (lists ? () => ({ keys: {}, entry }) : entry);
  const ofFamily = (family: ItemFamily<T> | Shorthand<T>): Outline => {
    const { shorthand } = family;
    const nested = ('nested' in family && family.nested) || [];
    const lists = Object.fromEntries(nested.map((one): [string, Outline] => [one.setting, { keys: {}, entry: entryOf(one) }]));
    return {
      keys: { ...leaves(settingsOf(family)), ...lists },
      ...(shorthand !== undefined && { open: opens((bare) => ({ [shorthand]: bare })) }),
      ...(nested.length > 0 && {
        entry: entryOf(nested[0]!),
        open: (bare) => (Array.isArray(bare) ? { [nested[0]!.setting]: bare } : undefined),
      }),
    };
  };
  const kinds: Outline = {
    keys: Object.fromEntries(Object.entries({ ...families, ...shorthands }).map(([kind, family]) => [kind, ofFamily(family)])),
    choice: true,
    open: opens((kind) => ({ [String(kind)]: {} })),
  };
  return entry;
}

const parts = recipeOutline.shape;

const optimizer: Outline = {
  ...typed(optimizers),
  keys: {
    ...typed(optimizers).keys,
    adamW: { keys: leaves(Object.keys(adamWSettings)) },
    groups: { keys: {}, entry: () => ({ keys: leaves(groupSettings) }) },
  },
};

/** The whole recipe. */
export const outline: Outline = {
  keys: {
    ...leaves(keysOf(recipeOutline)),
    split: { keys: leaves(keysOf(parts.split)) },
    record: { keys: leaves(keysOf(parts.record)) },
    loss: {
      keys: { crossEntropy: { keys: leaves(keysOf(crossEntropySettings)) } },
      choice: true,
      open: opens((loss) => ({ [String(loss)]: {} })),
    },
    optimizer,
    clip: { keys: leaves(Object.keys(clipSettings)) },
    schedule: schedules(),
    stop: { keys: { ...leaves(keysOf(parts.stop)), target: { keys: leaves(keysOf(targetSchema)) } } },
    augment: { keys: {}, entry: items(augmentFamilies) },
    network: {
      keys: Object.fromEntries(Object.entries(presets).map(([name, { schema }]) => [name, { keys: leaves(keysOf(schema)) }])),
      choice: true,
      entry: items(layerFamilies, layerShorthands),
      open: opens((preset) => ({ [String(preset)]: {} })),
    },
  },
};
