// What a ledger knows already of a sweep: completed runs to reuse, and whether the same sweep was declared and finished before.
import type { Database } from 'better-sqlite3';
import type { PlannedTrial, SweepPlan } from './plan.ts';

/** The newest completed run of this configuration and seed, or null. What was stopped, interrupted or has failed is no result. */
export function findCompleted(database: Database, trial: Pick<PlannedTrial, 'configurationId' | 'seed'>): string | null {
  const row = database
    .prepare<[string, number], { run_id: string }>(
      "SELECT run_id FROM v1_runs WHERE config_id = ? AND seed = ? AND status = 'completed' ORDER BY position DESC LIMIT 1",
    )
    .get(trial.configurationId, trial.seed);
  return row?.run_id ?? null;
}

/** A sweep of the same name and kind whose trials are these, in this order, all completed; null where there is none. */
export function findFinished(database: Database, { file, trials }: SweepPlan): string | null {
  const sweeps = database
    .prepare<[string, string], { sweep_id: string }>('SELECT sweep_id FROM v1_sweeps WHERE name = ? AND kind = ? ORDER BY declared_at DESC')
    .all(file.name, file.kind);
  const members = database.prepare<[string], { config_id: string; seed: number; status: string }>(
    `SELECT r.config_id, t.seed, r.status FROM v1_trials t JOIN v1_runs r ON r.run_id = t.run_id WHERE t.sweep_id = ? ORDER BY t.trial`,
  );
  const same = ({ sweep_id }: { sweep_id: string }): boolean => {
    const rows = members.all(sweep_id);
    return (
      rows.length === trials.length &&
      rows.every(({ config_id, seed, status }, i) => {
        const trial = trials[i] as PlannedTrial;
        return status === 'completed' && config_id === trial.configurationId && seed === trial.seed;
      })
    );
  };
  return sweeps.find(same)?.sweep_id ?? null;
}
