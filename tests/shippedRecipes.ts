// Shipped recipes with a published fingerprint (recipes/fingerprints.json), and how to find it again.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataSet } from '../app/datasets/index.ts';
import { createFirstEpoch, type FirstEpoch, type PublishedFingerprint, publishedRecipe } from '../app/runs/published.ts';
import { createFingerprint, type EpochMeasured, RunledgerError, train } from '../trainer/index.ts';

const file = join(import.meta.dirname, '../recipes/fingerprints.json');

export function writeFingerprints(entries: Record<string, PublishedFingerprint>): void {
  writeFileSync(file, `${JSON.stringify(entries, null, 2)}\n`);
}

/** Trains on the default engine until the facts of `untilEpoch` are complete. */
export async function findFingerprint(
  name: string,
  onEpoch: (epoch: EpochMeasured) => void,
): Promise<Pick<PublishedFingerprint, 'fingerprint' | 'firstEpoch'>> {
  const {
    recipe,
    published: { untilEpoch },
  } = publishedRecipe(name);
  const dataset = await loadDataSet(recipe.dataset);
  const seen = createFingerprint({ untilEpoch });
  const first = createFirstEpoch(recipe);
  let firstEpoch: FirstEpoch | null = null;
  for await (const fact of train(recipe, dataset, { clock: () => performance.now(), version: 'tests' })) {
    if (fact.type === 'RunFailed') throw new RunledgerError(fact.data.code, fact.data.message, { help: fact.data.help ?? undefined });
    seen.add(fact);
    firstEpoch ??= first.take(fact);
    if (fact.type === 'EpochMeasured') onEpoch(fact);
    if (fact.type === 'CheckpointTaken' && fact.data.reason === 'last' && fact.data.epoch >= untilEpoch && recipe.epochs > untilEpoch)
      break;
  }
  return { fingerprint: seen.digest(), firstEpoch: firstEpoch! };
}
