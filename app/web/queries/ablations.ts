// One declared ablation and its trials, whatever their state; statistics over the completed ones are app/ablations'.
import type { Database } from 'better-sqlite3';
import type { Json } from '../../ledger/ports.ts';

export interface AblationRow {
  id: string;
  name: string;
  sweepId: string;
  factors: { path: string; values: Json[] }[];
  declaredAt: string;
}

export interface TrialRow {
  runId: string;
  seed: number;
  assignment: Record<string, Json>;
}

export interface AblationQueries {
  byId(id: string): AblationRow | null;
  trials(sweepId: string): TrialRow[];
  /** Changes when a run completes or is archived: what found groups depend on. */
  completedState(): string;
}

export function ablationQueries(database: Database): AblationQueries {
  const byId = database.prepare<[string], Record<'ablation_id' | 'name' | 'sweep_id' | 'factors' | 'declared_at', string>>(
    'SELECT ablation_id, name, sweep_id, factors, declared_at FROM v1_ablations WHERE ablation_id = ?',
  );
  const trials = database.prepare<[string], { run_id: string; seed: number; assignment: string }>(
    'SELECT run_id, seed, assignment FROM v1_trials WHERE sweep_id = ? ORDER BY trial',
  );
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
    trials: (sweepId) =>
      trials.all(sweepId).map((row) => ({
        runId: row.run_id,
        seed: row.seed,
        assignment: JSON.parse(row.assignment) as Record<string, Json>,
      })),
    completedState: () => completed.get() ?? '',
  };
}
