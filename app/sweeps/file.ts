// The sweep file: a recipe, seeds, and the factors to vary. Read and checked here; `trials.ts` lists the trials.
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { RunledgerError } from '../../trainer/errors.ts';
import type { Json } from '../ledger/ports.ts';
import { applySettings, liesWithin, type Setting } from '../runs/recipes.ts';
import { readWritten, type Written } from '../runs/written.ts';
import { scaleFactors } from './scale.ts';
import type { Factor } from './trials.ts';

export interface SweepFile {
  /** As the user named it. */
  path: string;
  /** The file's name without its ending. */
  name: string;
  /** `ablation` declares before its first run what will be compared. */
  kind: 'grid' | 'ablation';
  /** As written, with what was set for all trials, presets unexpanded: what factor paths address. */
  recipe: { [key: string]: Json };
  recipeName: string;
  /** Where the recipe stands, to point at its mistakes. */
  written: Written;
  factors: Factor[];
  seeds: number[];
  /** What was set for all trials, in order. */
  settings: readonly Setting[];
}

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const values = z.array(z.json()).min(1);
const schema = z
  .strictObject({
    recipe: z.union([z.string().min(1), z.record(z.string(), z.json())]),
    seeds: z.array(seed).min(1).optional(),
    grid: z.record(z.string(), values).optional(),
    ablate: z.record(z.string(), values.min(2)).optional(),
    scale: z.record(z.string(), z.string()).optional(),
  })
  .refine((file) => file.grid === undefined || file.ablate === undefined, {
    path: ['ablate'],
    message: 'a sweep varies by `grid` or by `ablate`, not by both',
  })
  .refine((file) => file.seeds === undefined || new Set(file.seeds).size === file.seeds.length, {
    path: ['seeds'],
    message: 'a seed stands here twice; the same seed gives the same run',
  });

/**
 * Errors: `sweep.invalid` with the place, `usage` for settings that do not exist or that the sweep varies, and those of reading files.
 * Without `seeds` the recipe's own seed counts, 1 by default.
 */
export function readSweepFile(path: string, settings: readonly Setting[] = []): SweepFile {
  const written = readWritten(path);
  const parsed = schema.safeParse(written.value);
  if (!parsed.success) throw written.locate(...firstIssue(parsed.error));
  const { recipe, seeds, grid, ablate, scale } = parsed.data;
  const name = nameOf(path);
  const source = typeof recipe === 'string' ? readWritten(join(dirname(path), recipe)) : null;
  const varied = Object.entries(grid ?? ablate ?? {}).map(([factor, list]): Factor => ({ path: factor, values: list as Json[] }));
  const factors = placed(written, () => scaleFactors(varied, scale ?? {}));
  for (const setting of settings) refuseVaried(setting, factors, path);
  const value = applySettings(source === null ? recipe : source.value, settings) as { [key: string]: Json };
  return {
    path,
    name,
    kind: ablate === undefined ? 'grid' : 'ablation',
    recipe: value,
    recipeName: source === null ? name : nameOf(source.path),
    written: source ?? { ...written, locate: (error, at = error.place) => written.locate(error, `recipe.${at}`) },
    factors,
    seeds: seeds ?? [typeof value?.seed === 'number' ? value.seed : 1],
    settings,
  };
}

/** A mistake in the sweep file, at its place there. */
function placed<T>(written: Written, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RunledgerError ? written.locate(error, error.place) : error;
  }
}

/** What the sweep varies cannot be set for all its trials. */
function refuseVaried({ path, place }: Setting, factors: readonly Factor[], file: string): void {
  const varied = ['seed', ...factors.map((factor) => factor.path)].find((factor) => liesWithin(path, factor));
  if (varied === undefined) return;
  const what = varied === 'seed' ? 'seeds' : varied;
  throw new RunledgerError('usage', `${path} is what the sweep varies`, { place, help: `change ${what} in ${file}` });
}

/** `recipes/mnist-simple-cnn.yaml` is `mnist-simple-cnn`. */
export function nameOf(path: string): string {
  return basename(path).replace(/\.(ya?ml|json)$/i, '');
}

function firstIssue(error: z.ZodError): [RunledgerError, string] {
  const issue = error.issues[0] as z.core.$ZodIssue;
  const at = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : issue.path.join('.');
  return [
    new RunledgerError('sweep.invalid', `${at === '' ? 'the sweep file' : at}: ${issue.message}`, {
      help: 'a sweep says recipe, seeds, grid or ablate: { path: [values] }, and scale: { path: path }, as in recipes/ablation-batch-size.yaml',
    }),
    at,
  ];
}
