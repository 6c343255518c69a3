// Shipped recipes and the fingerprints that everybody finds again (recipes/fingerprints.json): of the run as far as the file says, and of its first
// epoch alone, which takes a minute at most.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { createFingerprint, type Fact, parseRecipe, type Recipe, RunledgerError } from '../../trainer/index.ts';

/** What the first epoch of a run ends in. The fingerprint says all; the rest says what differs where it does. */
export interface FirstEpoch {
  numerics: number;
  datasetFingerprint: string;
  weightsSha256: string;
  /** Until epoch 1. */
  fingerprint: string;
}

export interface PublishedFingerprint {
  seed: number;
  /** The whole run where the recipe has no more epochs than this. */
  untilEpoch: number;
  fingerprint: string;
  firstEpoch: FirstEpoch;
}

const shipped = join(import.meta.dirname, '../../recipes');

/** By file name of the recipe. */
export function readPublished(folder: string = shipped): Record<string, PublishedFingerprint> {
  return JSON.parse(readFileSync(join(folder, 'fingerprints.json'), 'utf8'));
}

export interface PublishedRecipe {
  /** Its file name. */
  name: string;
  /** Canonical, with the seed of the published fingerprint. */
  recipe: Recipe;
  published: PublishedFingerprint;
}

/** The shipped recipe that a file is, by its name. Error `recipe.unpublished` with those that have a fingerprint. */
export function publishedRecipe(path: string, folder: string = shipped): PublishedRecipe {
  const all = readPublished(folder);
  const name = basename(path);
  if (!Object.hasOwn(all, name)) {
    throw new RunledgerError('recipe.unpublished', `${path} has no published fingerprint`, {
      help: Object.keys(all)
        .map((known) => `runledger verify-recipe recipes/${known}`)
        .join('\n'),
    });
  }
  const published = all[name]!;
  const recipe = parseRecipe(parse(readFileSync(join(folder, name), 'utf8')));
  return { name, recipe: { ...recipe, seed: published.seed }, published };
}

/** Gathers what a run's facts say of its first epoch; `take` gives it once the last of them is there, and null before. */
export function createFirstEpoch({ epochs }: Pick<Recipe, 'epochs'>): { take(fact: Fact): FirstEpoch | null } {
  const fingerprint = createFingerprint({ untilEpoch: 1 });
  let found = { numerics: 0, datasetFingerprint: '', weightsSha256: '' };
  return {
    take(fact) {
      fingerprint.add(fact);
      if (fact.type === 'RunStarted') found = { ...found, numerics: fact.data.numerics, datasetFingerprint: fact.data.datasetFingerprint };
      if (fact.type === 'EpochMeasured' && fact.data.epoch === 1) found = { ...found, weightsSha256: fact.data.weightsSha256 };
      // The end of a run belongs to its last epoch.
      const last = epochs === 1 ? fact.type === 'RunCompleted' : fact.type === 'CheckpointTaken' && fact.data.reason === 'last';
      return last ? { ...found, fingerprint: fingerprint.digest() } : null;
    },
  };
}
