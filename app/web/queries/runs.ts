// One run or several, found by the words a person uses for them: a full id, an unambiguous start of one, or a name.
import type { Database } from 'better-sqlite3';
import type { Status } from '../../../views/format/status.ts';
import { count, metric, type Row, text } from './row.ts';

/** A run as its page, the comparison and the ablations need it. Accuracies are shares, times seconds. */
export interface RunRow {
  id: string;
  name: string;
  status: Status;
  configId: string;
  dataset: string;
  datasetFingerprint: string;
  seed: number;
  batchNorm: boolean;
  arithmetic: string;
  numerics: number | null;
  backend: string;
  threads: number | null;
  /** Planned and measured. */
  epochs: number;
  epochsDone: number;
  stepsDone: number;
  stepsPerEpoch: number;
  parameters: number | null;
  flopsPerSample: number | null;
  queuedAt: string | null;
  startedAt: string | null;
  endedAt: string | null;
  seconds: number | null;
  samplesPerSecond: number | null;
  trainLoss: number | null;
  trainAccuracy: number | null;
  valLoss: number | null;
  valAccuracy: number | null;
  bestValAccuracy: number | null;
  bestValLoss: number | null;
  bestEpoch: number | null;
  testLoss: number | null;
  testAccuracy: number | null;
  bestTestLoss: number | null;
  bestTestAccuracy: number | null;
  fingerprint: string | null;
  error: { code: string; message: string; help: string | null } | null;
  tags: string[];
  archived: boolean;
  sweepId: string | null;
  /** The run it was forked from, at the end of which epoch. */
  parentRunId: string | null;
  parentEpoch: number | null;
  /** Verdict of its newest replay. */
  replayed: 'identical' | 'differs' | null;
  recipe: Record<string, unknown>;
}

/** More events may come: its page keeps itself up to date. */
export function isGrowing({ status }: Pick<RunRow, 'status'>): boolean {
  return status === 'queued' || status === 'running' || status === 'suspect';
}

export interface RunQueries {
  /** Newest first: the run of that id; else all of that name; else all whose id starts so (four digits or more). At most `limit`. */
  find(reference: string, limit?: number): RunRow[];
  byId(id: string): RunRow | null;
  /** Runs of one configuration, by seed. */
  repeats(configId: string): { runs: number; meanBest: number | null };
}

export function runQueries(database: Database): RunQueries {
  const byId = database.prepare<[string], Row>('SELECT * FROM v1_runs WHERE run_id = ?');
  const byName = database.prepare<[string, number], Row>('SELECT * FROM v1_runs WHERE name = ? ORDER BY position DESC LIMIT ?');
  const byStart = database.prepare<[string, string, number], Row>(
    'SELECT * FROM v1_runs WHERE run_id >= ? AND run_id < ? ORDER BY position DESC LIMIT ?',
  );
  const repeats = database.prepare<[string], { runs: number; meanBest: number | null }>(
    `SELECT count(*) AS runs, avg(best_val_accuracy) AS meanBest FROM v1_runs WHERE config_id = ? AND status = 'completed'`,
  );
  return {
    byId: (id) => {
      const row = byId.get(id);
      return row === undefined ? null : toRun(row);
    },
    find: (reference, limit = 50) => {
      const exact = byId.get(reference);
      if (exact !== undefined) return [toRun(exact)];
      const named = byName.all(reference, limit);
      const start = named.length > 0 ? null : idStart(reference);
      return (start === null ? named : byStart.all(start, `${start}~`, limit)).map(toRun);
    },
    repeats: (configId) => repeats.get(configId) as { runs: number; meanBest: number | null },
  };
}

/** A run without a name goes by the start of its id. */
export function nameOr(name: string | null | undefined, id: string): string {
  return name || `run ${id.slice(0, 8)}`;
}

/** Four or more hexadecimal digits with the dashes of a UUID where they belong; null for what cannot start an id. */
function idStart(reference: string): string | null {
  const digits = reference
    .replace(/^run\//, '')
    .replace(/[\s-]/g, '')
    .toLowerCase();
  if (!/^[0-9a-f]{4,32}$/.test(digits)) return null;
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].filter(Boolean).join('-');
}

function toRun(row: Row): RunRow {
  return {
    id: text(row, 'run_id'),
    name: nameOr(row.name as string | null, text(row, 'run_id')),
    status: text(row, 'status') as Status,
    configId: text(row, 'config_id'),
    dataset: text(row, 'dataset'),
    datasetFingerprint: text(row, 'dataset_fingerprint'),
    seed: count(row, 'seed'),
    batchNorm: count(row, 'batch_norm') === 1,
    arithmetic: text(row, 'arithmetic'),
    numerics: metric(row, 'numerics'),
    backend: text(row, 'backend'),
    threads: metric(row, 'threads'),
    epochs: count(row, 'epochs'),
    epochsDone: count(row, 'epochs_done'),
    stepsDone: count(row, 'steps_done'),
    stepsPerEpoch: count(row, 'steps_per_epoch'),
    parameters: metric(row, 'parameters'),
    flopsPerSample: metric(row, 'flops_per_sample'),
    queuedAt: row.queued_at as string | null,
    startedAt: row.started_at as string | null,
    endedAt: row.ended_at as string | null,
    seconds: metric(row, 'seconds'),
    samplesPerSecond: metric(row, 'samples_per_second'),
    trainLoss: metric(row, 'train_loss'),
    trainAccuracy: metric(row, 'train_accuracy'),
    valLoss: metric(row, 'val_loss'),
    valAccuracy: metric(row, 'val_accuracy'),
    bestValAccuracy: metric(row, 'best_val_accuracy'),
    bestValLoss: metric(row, 'best_val_loss'),
    bestEpoch: metric(row, 'best_epoch'),
    testLoss: metric(row, 'test_loss'),
    testAccuracy: metric(row, 'test_accuracy'),
    bestTestLoss: metric(row, 'best_test_loss'),
    bestTestAccuracy: metric(row, 'best_test_accuracy'),
    fingerprint: row.fingerprint as string | null,
    error:
      row.error_code === null
        ? null
        : { code: text(row, 'error_code'), message: text(row, 'error_message'), help: row.error_help as string | null },
    tags: text(row, 'tags').split(',').filter(Boolean),
    archived: count(row, 'archived') === 1,
    sweepId: row.sweep_id as string | null,
    parentRunId: row.parent_run_id as string | null,
    parentEpoch: metric(row, 'parent_epoch'),
    replayed: row.replayed as RunRow['replayed'],
    recipe: JSON.parse(text(row, 'recipe') || '{}') as Record<string, unknown>,
  };
}
