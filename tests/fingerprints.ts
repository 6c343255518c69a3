// Trains the recipes of recipes/fingerprints.json as far as it says and writes what came out: `node tests/fingerprints.ts [recipe …]`.
// To add a recipe, add its entry with an empty fingerprint first. To check without writing, look at `git diff` afterwards.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadDataSet } from '../app/datasets/index.ts';
import { createFingerprint, parseRecipe, RunledgerError, train } from '../trainer/index.ts';

interface Entry {
  seed: number;
  /** Whole where the recipe has no more epochs than this. */
  untilEpoch: number;
  fingerprint: string;
}

const recipes = join(import.meta.dirname, '../recipes');
const file = join(recipes, 'fingerprints.json');

/** Trains on the default engine until the facts of `untilEpoch` are complete. */
async function fingerprint(name: string, { seed, untilEpoch }: Entry): Promise<string> {
  const recipe = { ...parseRecipe(parse(readFileSync(join(recipes, name), 'utf8'))), seed };
  const dataset = await loadDataSet(recipe.dataset);
  const seen = createFingerprint({ untilEpoch });
  for await (const fact of train(recipe, dataset, { clock: () => performance.now(), version: 'fingerprints' })) {
    if (fact.type === 'RunFailed') throw new RunledgerError(fact.data.code, fact.data.message, { help: fact.data.help ?? undefined });
    seen.add(fact);
    if (fact.type === 'EpochMeasured') {
      const { epoch, validation } = fact.data;
      console.log(
        `${name}  epoch ${epoch}/${untilEpoch}  validation ${(100 * validation.accuracy).toFixed(2)} %  ${fact.measured.seconds.toFixed(1)} s`,
      );
    }
    if (fact.type === 'CheckpointTaken' && fact.data.epoch >= untilEpoch && recipe.epochs > untilEpoch) break;
  }
  return seen.digest();
}

const entries = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Entry>;
const wanted = process.argv.slice(2);
for (const [name, entry] of Object.entries(entries)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  entry.fingerprint = await fingerprint(name, entry);
  console.log(`${name}  ${entry.fingerprint}`);
  writeFileSync(file, `${JSON.stringify(entries, null, 2)}\n`);
}
