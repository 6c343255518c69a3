// Keeps the newest checkpoint of each reason (`last`, `best`, `stop`) and lets older ones go, after the newer event is committed: any
// other epoch can be trained again to the same bits, so checkpoints are a cache.
import type { Fact } from '../../trainer/index.ts';
import type { RecordingHost } from './events.ts';

/** Of one run: told of every fact once it is committed. */
export function createRetention({ ledger: { blobs, database }, checkpoints }: RecordingHost, runId: string) {
  const kept = new Map<string, string>();
  const needed = database.prepare<{ runId: string; sha256: string }, number>(neededElsewhere).pluck();
  return async (fact: Fact): Promise<void> => {
    if (fact.type !== 'CheckpointTaken') return;
    const { reason, sha256 } = fact.data;
    const older = kept.get(reason);
    kept.set(reason, sha256);
    if (older === undefined || [...kept.values()].includes(older)) return;
    await checkpoints(async () => {
      if (needed.get({ runId, sha256: older }) === 0) await blobs.remove(older);
    });
  };
}

/**
 * Runs that begin alike make the same checkpoints, and one file serves them all. So a blob stays where another run's newest checkpoint
 * is this one, or where a run of the same configuration and seed is under way, in another process perhaps, and may be about to name it.
 */
const neededElsewhere = `SELECT
  EXISTS (
    SELECT 1 FROM v1_checkpoints AS other WHERE other.sha256 = :sha256 AND other.run_id <> :runId AND NOT EXISTS (
      SELECT 1 FROM v1_checkpoints AS newer
      WHERE newer.run_id = other.run_id AND newer.reason = other.reason AND newer.step > other.step
    )
  ) OR EXISTS (
    SELECT 1 FROM v1_runs AS mine JOIN v1_runs AS twin
    ON twin.config_id = mine.config_id AND twin.seed = mine.seed AND twin.run_id <> mine.run_id
    WHERE mine.run_id = :runId AND twin.status IN ('running', 'suspect')
  )`;
