// Reads the runs that `/ablations` and the reports group, from the published views; grouping itself is `groups.ts`.
import type { Database } from 'better-sqlite3';
import type { Json } from '../ledger/ports.ts';
import { othersOf, settingLabel } from './factors.ts';
import { buildGroup, type FactorGroup, type FactorRun, findGroups } from './groups.ts';

/** An ablation as declared before its first run, one group a factor and setting of the other factors. */
export interface DeclaredAblation {
  ablationId: string;
  sweepId: string;
  name: string;
  metric: string;
  declaredAt: string;
  seeds: number[];
  /** Trials that ended well and all that were proposed. */
  completed: number;
  trials: number;
  groups: FactorGroup[];
}

/** All ablations, newest first. `ablationId` narrows to one. Archived trials count where they are asked for. */
export function readDeclared(database: Database, ablationId?: string, { archived = false } = {}): DeclaredAblation[] {
  const rows = database
    .prepare<[string | null, string | null], AblationRow>(
      `SELECT ablation_id, name, sweep_id, metric, factors, seeds, declared_at FROM v1_ablations
       WHERE ? IS NULL OR ablation_id = ? ORDER BY declared_at DESC, ablation_id`,
    )
    .all(ablationId ?? null, ablationId ?? null);
  const trials = database.prepare<[string, number], TrialRow>(
    `SELECT t.run_id, t.seed, t.assignment, r.status, r.dataset, r.val_accuracy FROM v1_trials t JOIN v1_runs r ON r.run_id = t.run_id
     WHERE t.sweep_id = ? AND r.archived <= ? ORDER BY t.trial`,
  );
  return rows.map((row) => describe(row, trials.all(row.sweep_id, Number(archived))));
}

/** How many runs are searched for groups, the newest first: each is compared with all others, on the thread that serves pages. */
export const mostSearched = 1000;

/** Groups of completed runs that differ in one factor, declared or not, most runs first. */
export function readFound(database: Database): FactorGroup[] {
  const rows = database
    .prepare<[number], RunRow>(
      `SELECT run_id, config_id, dataset, dataset_fingerprint, seed, val_accuracy, recipe FROM v1_runs
       WHERE status = 'completed' AND archived = 0 ORDER BY position DESC LIMIT ?`,
    )
    .all(mostSearched);
  const size = (group: FactorGroup) => group.levels.reduce((sum, level) => sum + level.observations.length, 0);
  return findGroups(rows.map(toFactorRun)).sort((a, b) => size(b) - size(a));
}

interface AblationRow {
  ablation_id: string;
  name: string;
  sweep_id: string;
  metric: string;
  factors: string;
  seeds: string;
  declared_at: string;
}

interface TrialRow {
  run_id: string;
  seed: number;
  assignment: string;
  status: string;
  dataset: string;
  val_accuracy: number | null;
}

interface RunRow {
  run_id: string;
  config_id: string;
  dataset: string;
  dataset_fingerprint: string;
  seed: number;
  val_accuracy: number | null;
  recipe: string;
}

function describe(row: AblationRow, trials: TrialRow[]): DeclaredAblation {
  const factors = JSON.parse(row.factors) as { path: string; values: Json[] }[];
  const completed = trials.filter(({ status }) => status === 'completed');
  return {
    ablationId: row.ablation_id,
    sweepId: row.sweep_id,
    name: row.name,
    metric: row.metric,
    declaredAt: row.declared_at,
    seeds: JSON.parse(row.seeds) as number[],
    completed: completed.length,
    trials: trials.length,
    groups: factors.flatMap((factor) => groupsOf(factor, completed)),
  };
}

/** One group for each setting of the other factors, so that a pair differs in this factor alone. */
function groupsOf(factor: { path: string; values: Json[] }, trials: TrialRow[]): FactorGroup[] {
  const settings = Map.groupBy(trials, (trial) => JSON.stringify(othersOf(assignmentOf(trial), factor.path)));
  return [...settings.values()].map((members) =>
    buildGroup(
      factor.path,
      members[0]?.dataset ?? '',
      factor.values.map((value) => ({
        value,
        observations: members
          .filter((trial) => JSON.stringify(assignmentOf(trial)[factor.path]) === JSON.stringify(value))
          .map((trial) => ({ runId: trial.run_id, seed: trial.seed, value: trial.val_accuracy ?? Number.NaN })),
      })),
      settingLabel(othersOf(assignmentOf(members[0]!), factor.path)),
    ),
  );
}

const assignmentOf = ({ assignment }: TrialRow) => JSON.parse(assignment) as Record<string, Json>;

/** A completed run's accuracy is NULL in SQLite only where it is NaN. */
function toFactorRun(row: RunRow): FactorRun {
  return {
    runId: row.run_id,
    configId: row.config_id,
    dataset: row.dataset,
    datasetFingerprint: row.dataset_fingerprint,
    seed: row.seed,
    value: row.val_accuracy ?? Number.NaN,
    recipe: JSON.parse(row.recipe),
  };
}
