// One declared ablation and its trials, whatever their state; statistics over the completed ones are app/ablations'.
import type { Database } from 'better-sqlite3';
import type { Json } from '../../ledger/ports.ts';

export interface AblationRow {
  id: string;
  name: string;
  sweepId: string;
  /** `scales`: paths of settings that grow with it. */
  factors: { path: string; values: Json[]; scales?: string[] }[];
  declaredAt: string;
}

export interface TrialRow {
  runId: string;
  seed: number;
  assignment: Record<string, Json>;
}

export interface AblationQueries {
  byId(id: string): AblationRow | null;
  /** Those of archived runs only where they are asked for. */
  trials(sweepId: string, archived: boolean): TrialRow[];
  /** How many trials of a sweep are archived. */
  archivedTrials(sweepId: string): number;
  /** Changes when a run completes or is archived: what found groups depend on. */
  completedState(): string;
}

export function ablationQueries(database: Database): AblationQueries {
  const byId = database.prepare<[string], Record<'ablation_id' | 'name' | 'sweep_id' | 'factors' | 'declared_at', string>>(
    'SELECT ablation_id, name, sweep_id, factors, declared_at FROM v1_ablations WHERE ablation_id = ?',
  );
  const trials = database.prepare<[string, number], { run_id: string; seed: number; assignment: string }>(
    `SELECT t.run_id, t.seed, t.assignment FROM v1_trials t LEFT JOIN v1_runs r ON r.run_id = t.run_id
     WHERE t.sweep_id = ? AND coalesce(r.archived, 0) <= ? ORDER BY t.trial`,
  );
  const archivedTrials = database
    .prepare<[string], number>(
      'SELECT count(*) FROM v1_trials t JOIN v1_runs r ON r.run_id = t.run_id WHERE t.sweep_id = ? AND r.archived = 1',
    )
    .pluck();
  const completed = database
    .prepare<[], string>(`SELECT count(*) || ' ' || coalesce(max(position), 0) FROM v1_runs WHERE status = 'completed' AND archived = 0`)
    .pluck();
  return {
    byId: (id) => {
      const row = byId.get(id);
      if (row === undefined) return null;
      return {
        id: row.ablation_id,
        name: row.name,
        sweepId: row.sweep_id,
        factors: JSON.parse(row.factors) as AblationRow['factors'],
        declaredAt: row.declared_at,
      };
    },
    archivedTrials: (sweepId) => archivedTrials.get(sweepId) ?? 0,
    trials: (sweepId, archived) =>
      trials.all(sweepId, Number(archived)).map((row) => ({
        runId: row.run_id,
        seed: row.seed,
        assignment: JSON.parse(row.assignment) as Record<string, Json>,
      })),
    completedState: () => completed.get() ?? '',
  };
}
