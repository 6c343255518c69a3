// docs/optimizers.md says of every optimizer each setting with its default, and nothing else; its examples parse, and train a step.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type * as z from 'zod';
import { parseRecipe, resolveNetwork } from '../../trainer/index.ts';
import { createWasmEngine } from '../../trainer/kernels/engine.ts';
import { adamWSettings } from '../../trainer/optimizers/adamW.ts';
import { optimizers } from '../../trainer/optimizers/index.ts';
import { groupSettings, perParameter } from '../../trainer/optimizers/optimizer.ts';
import { prepare } from '../../trainer/prepare.ts';
import { keysOf } from '../../trainer/recipe/check.ts';
import { clipSettings } from '../../trainer/recipe/clip.ts';
import { emaSchema, emaSettings } from '../../trainer/recipe/ema.ts';
import { readTyped } from '../../trainer/recipe/typed.ts';
import { syntheticDataSet, tinyRecipe } from '../trainer/syntheticDataSet.ts';

const page = readFileSync(new URL('../../docs/optimizers.md', import.meta.url), 'utf8');

const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

/** Settings of a section's table, with the default as it is written. */
function rowsOf(section: string): Map<string, string> {
  const rows = [...sections.get(section)!.matchAll(/^\| `([\w.]+)` +\| ([^|]*?) +\|/gm)];
  return new Map(rows.map(([, name, written]) => [name!, written!]));
}

const exampleOf = (section: string) => parse(/```yaml\n([\s\S]*?)```/.exec(sections.get(section)!)![1]!) as Record<string, unknown>;

const kinds = Object.keys(optimizers) as (keyof typeof optimizers)[];

/** Default of each setting, flat: `adamW.lr`. */
function defaultsOf(type: keyof typeof optimizers): Map<string, unknown> {
  const own = keysOf(optimizers[type] as z.ZodType).filter((key) => key !== 'type' && !Object.hasOwn(perParameter, key));
  // The first three are left out of canonical forms.
  const parsed = { amsgrad: false, dampening: 0, nesterov: false, ...readTyped(optimizers as never, type, 'optimizer') } as Record<
    string,
    unknown
  >;
  return new Map(
    own.flatMap((key): [string, unknown][] => {
      const value = parsed[key];
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[key, value]];
      return Object.entries(value).map(([inner, of]) => [`${key}.${inner}`, of]);
    }),
  );
}

test('there is a section for each optimizer, for groups, clipping, accumulation and averages, and no other', () => {
  expect([...sections.keys()]).toEqual([...kinds, 'Parameter groups', 'clip', 'accumulate', 'ema']);
});

describe.each(kinds)('%s', (type) => {
  test('each setting has a line with its default, and each line a setting', () => {
    const rows = rowsOf(type);
    const defaults = defaultsOf(type);
    expect([...rows.keys()].sort()).toEqual([...defaults.keys()].sort());
    for (const [name, written] of rows) expect(parse(written), name).toEqual(defaults.get(name));
  });
  test('the example is of it', () => {
    expect(exampleOf(type).optimizer).toMatchObject({ type });
  });
});

test('groups and clipping: each setting has a line, and each line a setting', () => {
  const ofGroups = [...Object.keys(perParameter), ...groupSettings.map((key) => `groups.${key}`)];
  expect([...rowsOf('Parameter groups').keys()].sort()).toEqual(ofGroups.sort());
  expect([...rowsOf('clip').keys()]).toEqual(Object.keys(clipSettings).map((key) => `clip.${key}`));
  expect([...rowsOf('ema').keys()]).toEqual(Object.keys(emaSettings).map((key) => `ema.${key}`));
  expect(parse(rowsOf('ema').get('ema.decay')!)).toBe(emaSchema.parse({}).decay);
  expect([...rowsOf('accumulate')]).toEqual([['accumulate', '1']]);
  expect([...rowsOf('muon').keys()].filter((key) => key.startsWith('adamW.'))).toEqual(
    Object.keys(adamWSettings).map((key) => `adamW.${key}`),
  );
});

test.each([...sections.keys()])('the example of %s parses and trains a step', (section) => {
  const dataset = syntheticDataSet();
  const recipe = parseRecipe({ ...tinyRecipe, ...exampleOf(section) });
  const preparation = prepare(recipe, dataset);
  const { parameters } = resolveNetwork(recipe.network, [3, 8, 8], dataset.classes.length);
  const engine = createWasmEngine(preparation.engineSpec(1));
  const before = engine.readState().parameters;
  const samples = preparation.split.train.slice(0, preparation.imagesPerStep);
  const { losses } = engine.trainStep({ samples, epoch: 1, step: 1, learningRate: recipe.optimizer.lr });
  const after = engine.readState().parameters;
  expect(losses.every(Number.isFinite)).toBe(true);
  for (const { name, role } of parameters) {
    expect(after.get(name)!.every(Number.isFinite), name).toBe(true);
    // The bias before a batch norm has no gradient to speak of.
    if (role === 'weight') expect(after.get(name), name).not.toEqual(before.get(name));
  }
});
