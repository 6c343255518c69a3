// Finds a run that stands still and could go on, where somebody is about to train the same again.
import type { Database } from 'better-sqlite3';
import type { Status } from '../../views/format/status.ts';

export interface Resumable {
  runId: string;
  name: string | null;
  status: Status;
  epochs: number;
  epochsDone: number;
  stepsDone: number;
  stepsPerEpoch: number;
  samplesPerSecond: number | null;
  imagesPerStep: number;
}

/** The newest interrupted or stopped run of a configuration and seed that has taken a step; null where there is none. */
export function findResumable(database: Database, configurationId: string, seed: number): Resumable | null {
  const row = database
    .prepare<[string, number], Resumable>(
      `SELECT run_id AS runId, name, status, epochs, epochs_done AS epochsDone, steps_done AS stepsDone, steps_per_epoch AS stepsPerEpoch,
         samples_per_second AS samplesPerSecond, batch * coalesce(json_extract(recipe, '$.accumulate'), 1) AS imagesPerStep
       FROM v1_runs
       WHERE config_id = ? AND seed = ? AND status IN ('interrupted', 'stopped') AND archived = 0 AND steps_done > 0
       ORDER BY position DESC LIMIT 1`,
    )
    .get(configurationId, seed);
  return row ?? null;
}
