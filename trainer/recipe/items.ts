// Lists whose items are of a kind with settings: the layers of a network, the operators of augmentation.
// An item may be written `relu`, `{ maxPool2d: 2 }`, `{ conv2d: { out: 16, kernel: 3 } }`, or in canonical form with `kind` and `name`.
import type * as z from 'zod';
import { RunledgerError } from '../errors.ts';
import { badValue, check, isPlainObject, keysOf, show } from './check.ts';
import { suggestion } from './suggest.ts';

export interface Item {
  kind: string;
  name: string;
}

/** What a kind says about itself; the list never asks which kind it is. */
export interface ItemFamily<T extends Item> {
  /** Completes settings to the canonical item. Has `kind` and `name` beside the settings. */
  schema: z.ZodType<T>;
  /** The setting that a bare value stands for, as in `dropout: 0.5`. */
  shorthand?: string;
  /** Settings that are lists of items of the same families; a bare list stands for the first. */
  nested?: readonly Nested[];
}

/** A setting that is a list of items, or with `lists` a list of such lists. */
export interface Nested {
  setting: string;
  /** What the full names of the items within begin with, behind the item's own and a stroke; of lists, their number from 1 follows. */
  block: string;
  lists?: boolean;
}

/** A kind that stands for another one: what it expands into takes its place before anything is recorded. */
export interface Shorthand<T extends Item, Settings = unknown> {
  /** Has `kind`, and `name` where an item may be named. */
  schema: z.ZodType<Settings>;
  shorthand?: string;
  /** The item in written form; `before` are the items that lead to its place. */
  expand(settings: Settings, before: readonly T[], place: string): unknown;
}

export type Shorthands<T extends Item> = Readonly<Record<string, Shorthand<T>>>;

export type ItemFamilies<T extends Item> = Readonly<Record<string, ItemFamily<T>>>;

/** What users may write in an item of a kind. */
export function settingsOf(family: { schema: z.ZodType }): string[] {
  return keysOf(family.schema).filter((key) => key !== 'kind');
}

/** What a list may hold, and the word for one of its items in errors. */
interface Vocabulary<T extends Item> {
  families: ItemFamilies<T>;
  shorthands: Shorthands<T>;
  what: string;
}

interface Written {
  kind: string;
  /** Path of the settings, for errors. */
  place: string;
  settings: Record<string, unknown>;
  /** Whether the list within stands there by itself, without the name of its setting. */
  bareList?: boolean;
}

function familyNamed<T extends Item>(
  { families, shorthands, what }: Vocabulary<T>,
  kind: unknown,
  place: string,
): ItemFamily<T> | Shorthand<T> {
  for (const known of [families, shorthands]) if (typeof kind === 'string' && Object.hasOwn(known, kind)) return known[kind]!;
  throw new RunledgerError('recipe.unknownKind', `${place}: there is no ${what} ${show(kind)}`, {
    place,
    help: suggestion(String(kind), [...Object.keys(families), ...Object.keys(shorthands)]),
  });
}

function readSettings<T extends Item>(family: ItemFamily<T> | Shorthand<T>, value: unknown, place: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (isPlainObject(value)) return value;
  const first = 'nested' in family ? family.nested?.[0] : undefined;
  if (Array.isArray(value) && first !== undefined) return { [first.setting]: value };
  if (family.shorthand !== undefined && typeof value !== 'object') return { [family.shorthand]: value };
  throw badValue(place, value, `settings in braces: ${settingsOf(family).join(', ')}`);
}

function readItem<T extends Item>(vocabulary: Vocabulary<T>, written: unknown, place: string): Written {
  const { what } = vocabulary;
  if (typeof written === 'string') {
    familyNamed(vocabulary, written, place);
    return { kind: written, place, settings: {} };
  }
  if (!isPlainObject(written)) throw badValue(place, written, `the name of a ${what}, or { name: settings }`);
  if (Object.hasOwn(written, 'kind')) {
    familyNamed(vocabulary, written.kind, place);
    const { kind, ...settings } = written;
    return { kind: kind as string, place, settings };
  }
  const kinds = Object.keys(written);
  if (kinds.length !== 1) throw badValue(place, written, `one ${what} an entry; begin a new entry for each`);
  const kind = kinds[0]!;
  const family = familyNamed(vocabulary, kind, place);
  const settings = readSettings(family, written[kind], `${place}.${kind}`);
  return { kind, place: `${place}.${kind}`, settings, bareList: Array.isArray(written[kind]) };
}

/** What stands for another item is replaced by it, and keeps its own place. */
function expand<T extends Item>(vocabulary: Vocabulary<T>, item: Written, before: readonly T[]): Written {
  const short = Object.hasOwn(vocabulary.shorthands, item.kind) ? vocabulary.shorthands[item.kind]! : null;
  if (short === null) return item;
  const settings = check(short.schema, { ...item.settings, kind: item.kind }, item.place, ['kind']);
  return { ...readItem(vocabulary, short.expand(settings, before, item.place), item.place), place: item.place };
}

/**
 * Reads a list in any of its written forms and names its items: as given, or kind and ordinal among its kind from 1 (`conv2d.2`), so that
 * removing one kind renames no other; lists within items are read alike, and count for themselves. `what` is the word for an item in
 * errors, `place` the path of the list.
 */
export function readItems<T extends Item>(
  families: ItemFamilies<T>,
  written: unknown,
  what: string,
  place: string,
  shorthands: Shorthands<T> = {},
): T[] {
  return readList({ families, shorthands, what }, written, place, []);
}

/** `before` are the items that lead to the list from outside. */
function readList<T extends Item>(vocabulary: Vocabulary<T>, written: unknown, place: string, before: readonly T[]): T[] {
  const { families, shorthands, what } = vocabulary;
  if (!Array.isArray(written)) {
    throw badValue(place, written, `a list; a ${what} is one of ${[...Object.keys(families), ...Object.keys(shorthands)].join(', ')}`);
  }
  const seen = new Map<string, number>();
  const names = new Map<string, number>();
  const items: T[] = [];
  for (const [index, entry] of written.entries()) {
    const leading = [...before, ...items];
    const item = expand(vocabulary, readItem(vocabulary, entry, `${place}[${index}]`), leading);
    const ordinal = (seen.get(item.kind) ?? 0) + 1;
    seen.set(item.kind, ordinal);
    const family = families[item.kind]!;
    const named: Record<string, unknown> = { ...item.settings, kind: item.kind, name: item.settings.name ?? `${item.kind}.${ordinal}` };
    for (const { setting, lists } of family.nested ?? []) {
      const value = named[setting];
      if (value === undefined) continue;
      const within = item.bareList ? item.place : `${item.place}.${setting}`;
      if (!lists) named[setting] = readList(vocabulary, value, within, leading);
      else if (Array.isArray(value)) named[setting] = value.map((list, i) => readList(vocabulary, list, `${within}[${i}]`, leading));
    }
    const read = check(family.schema, named, item.place, ['kind']);
    const twin = names.get(read.name);
    if (twin !== undefined) {
      throw new RunledgerError('recipe.name', `${item.place} is named \`${read.name}\`, as ${place}[${twin}] is`, {
        place: `${item.place}.name`,
        help: 'give one of them another name',
      });
    }
    names.set(read.name, index);
    items.push(read);
  }
  return items;
}
