// Trains the first epoch of a shipped recipe and holds it against its published fingerprint: does this machine, with this program, compute what
// everybody's does? Nothing is recorded.
import { type DataSet, type Recipe, RunledgerError } from '../../trainer/index.ts';
import { createFirstEpoch, type FirstEpoch } from './published.ts';
import { type WatchOptions, workerFacts } from './workerFacts.ts';
import type { RunWorkers } from './workers.ts';

/** The first epoch as this machine computes it. Null where it was stopped. */
export async function trainFirstEpoch(
  workers: RunWorkers,
  task: { recipe: Recipe; dataset: DataSet; threads: number },
  options: WatchOptions,
): Promise<FirstEpoch | null> {
  const first = createFirstEpoch(task.recipe);
  for await (const fact of workerFacts(workers, task, options)) {
    if (fact.type === 'RunFailed') throw new RunledgerError(fact.data.code, fact.data.message, { help: fact.data.help ?? undefined });
    const found = first.take(fact);
    if (found !== null) return found;
  }
  return null;
}

export interface EpochDifference {
  what: string;
  published: string;
  found: string;
}

/** What differs, the cause before its consequences; empty where the fingerprints are one. */
export function differencesOf(published: FirstEpoch, found: FirstEpoch): EpochDifference[] {
  if (published.fingerprint === found.fingerprint) return [];
  const said = { numerics: 'numerics', datasetFingerprint: 'data set', weightsSha256: 'weights', fingerprint: 'fingerprint' } as const;
  return (Object.keys(said) as (keyof typeof said)[])
    .filter((field) => published[field] !== found[field])
    .map((field) => ({ what: said[field], published: String(published[field]), found: String(found[field]) }));
}
