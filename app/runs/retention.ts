// Lets checkpoints go that nobody needs any more, after the newer event is committed: any other epoch can be trained again to the same bits, so
// checkpoints are a cache. What a run needs is one rule for all (app/ledger/needed.ts): the newest of each reason, and what its recipe keeps besides.
import type { Database } from 'better-sqlite3';
import type { Fact } from '../../trainer/index.ts';
import { dueOf, readHolding } from '../ledger/needed.ts';
import type { RecordingHost } from './events.ts';

/** Of one run, resumed or not: told of every fact once it is committed. */
export function createRetention({ ledger: { blobs, database }, checkpoints }: RecordingHost, runId: string) {
  const isNeededElsewhere = neededElsewhere(database);
  const gone = new Set<string>();
  return async (fact: Fact): Promise<void> => {
    if (fact.type !== 'CheckpointTaken') return;
    await checkpoints(async () => {
      const holding = readHolding(database, runId);
      const due = dueOf(holding);
      // What a lost stretch took may be taken again.
      for (const sha256 of due) gone.delete(sha256);
      for (const sha256 of holding.named) {
        if (due.has(sha256) || gone.has(sha256)) continue;
        if (await blobs.has(sha256)) {
          if (isNeededElsewhere(sha256, runId)) continue;
          await blobs.remove(sha256);
        }
        gone.add(sha256);
      }
    });
  };
}

/** Runs of these bits that are under way, in another process perhaps, may be about to name a file without storing it again. */
const twinUnderWay = `SELECT EXISTS (
    SELECT 1 FROM v1_runs AS mine JOIN v1_runs AS twin
    ON twin.dataset_fingerprint = mine.dataset_fingerprint AND twin.seed = mine.seed AND twin.run_id <> mine.run_id
    WHERE mine.run_id = :runId AND twin.status IN ('running', 'suspect')
  )`;

/** Runs that may need a file: those that took the same checkpoint, and forks, which need where they began. */
const candidates = `SELECT run_id FROM v1_checkpoints WHERE sha256 = :sha256 AND run_id <> :runId
  UNION SELECT run_id FROM v1_runs WHERE parent_run_id IS NOT NULL AND run_id <> :runId`;

/** Runs that begin alike make the same checkpoints, and one file serves them all: whether another run than this one needs it. */
export function neededElsewhere(database: Database): (sha256: string, runId: string) => boolean {
  const twins = database.prepare<{ runId: string }, number>(twinUnderWay).pluck();
  const others = database.prepare<{ runId: string; sha256: string }, string>(candidates).pluck();
  return (sha256, runId) =>
    twins.get({ runId }) === 1 || others.all({ runId, sha256 }).some((other) => dueOf(readHolding(database, other)).has(sha256));
}
