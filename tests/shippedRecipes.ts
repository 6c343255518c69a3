// Shipped recipes with a published fingerprint (recipes/fingerprints.json), and how to find it again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadDataSet } from '../app/datasets/index.ts';
import { createFingerprint, type EpochMeasured, parseRecipe, type Recipe, RunledgerError, train } from '../trainer/index.ts';

export interface PublishedFingerprint {
  seed: number;
  /** The whole run where the recipe has no more epochs than this. */
  untilEpoch: number;
  fingerprint: string;
}

const folder = join(import.meta.dirname, '../recipes');
const file = join(folder, 'fingerprints.json');

/** By file name of the recipe. */
export function readFingerprints(): Record<string, PublishedFingerprint> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function writeFingerprints(entries: Record<string, PublishedFingerprint>): void {
  writeFileSync(file, `${JSON.stringify(entries, null, 2)}\n`);
}

export function readRecipe(name: string): Recipe {
  return parseRecipe(parse(readFileSync(join(folder, name), 'utf8')));
}

/** Trains on the default engine until the facts of `untilEpoch` are complete. */
export async function findFingerprint(
  name: string,
  { seed, untilEpoch }: Omit<PublishedFingerprint, 'fingerprint'>,
  onEpoch: (epoch: EpochMeasured) => void,
): Promise<string> {
  const recipe = { ...readRecipe(name), seed };
  const dataset = await loadDataSet(recipe.dataset);
  const seen = createFingerprint({ untilEpoch });
  for await (const fact of train(recipe, dataset, { clock: () => performance.now(), version: 'tests' })) {
    if (fact.type === 'RunFailed') throw new RunledgerError(fact.data.code, fact.data.message, { help: fact.data.help ?? undefined });
    seen.add(fact);
    if (fact.type === 'EpochMeasured') onEpoch(fact);
    if (fact.type === 'CheckpointTaken' && fact.data.epoch >= untilEpoch && recipe.epochs > untilEpoch) break;
  }
  return seen.digest();
}
