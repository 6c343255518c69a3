// One run as its report tells it: what it reached, beside the newest completed run of the same configuration. Read from the published
// views; how it is printed is the terminal's affair.
import type { Database } from 'better-sqlite3';
import { fromState } from '../../views/format/metric.ts';
import type { Status } from '../../views/format/status.ts';
import { dueOf, type Holding, readHolding } from '../ledger/needed.ts';
import { endedWhy } from './ended.ts';

export interface RunReport {
  runId: string;
  name: string;
  status: Status;
  seed: number;
  dataset: string;
  seconds: number | null;
  /** ISO 8601; null while it has not ended. */
  endedAt: string | null;
  epochs: number;
  epochsDone: number;
  validationAccuracy: Extreme;
  validationLoss: Extreme;
  trainAccuracy: number | null;
  testAccuracy: { last: number | null; best: number | null };
  /** Validation loss with running statistics less that with the statistics of each batch; null without batch normalization. */
  runningMinusBatch: number | null;
  learningRates: { epoch: number; rate: number; schedule: string }[];
  /** Of the last epoch's last step: another than the last change said, where the rate moves from step to step. Null before. */
  lastRate: number | null;
  /** Why it ended before its last epoch; null where it did not, or was stopped by hand. */
  ended: string | null;
  /** The newest time it was taken up again; null where it was not. `step` is the last one kept; without a checkpoint nothing was. */
  attempt: { attempt: number; step: number; checkpoint: string | null } | null;
  /** The run it was forked from, at the end of which epoch. */
  parent: { runId: string; epoch: number } | null;
  /** Verdict of its newest replay: `identical` or `differs`. */
  replayed: string | null;
  fingerprint: string | null;
  /** Those that are kept, in order. */
  checkpoints: { epoch: number; reason: string }[];
  error: { code: string; message: string; help: string | null } | null;
  archived: boolean;
  tags: string[];
  /** The oldest first; moments in ISO 8601. */
  notes: { note: string; notedAt: string }[];
  /** Files given up: how many, bytes freed, when. */
  removals: { kind: 'pruned' | 'purged'; files: number; bytes: number; removedAt: string }[];
  /** Canonical. */
  recipe: Record<string, unknown>;
}

/** A metric of the last epoch and of its best. */
export interface Extreme {
  last: number | null;
  best: number | null;
  /** Where the best was reached. */
  epoch: number | null;
}

interface RunRow {
  run_id: string;
  name: string | null;
  status: Status;
  config_id: string | null;
  seed: number;
  dataset: string;
  seconds: number | null;
  ended_at: string | null;
  epochs: number;
  epochs_done: number;
  test_accuracy: number | null;
  best_test_accuracy: number | null;
  parent_run_id: string | null;
  parent_epoch: number | null;
  replayed: string | null;
  fingerprint: string | null;
  error_code: string | null;
  error_message: string | null;
  error_help: string | null;
  archived: number;
  tags: string;
  recipe: string;
}

interface EpochRow {
  epoch: number;
  learning_rate: number | null;
  train_accuracy: number | null;
  val_loss: number | null;
  val_loss_state: string | null;
  val_accuracy: number | null;
  val_batch_loss: number | null;
  val_batch_loss_state: string | null;
}

/** The id must be a known one (`findRun`). */
export function readReport(database: Database, runId: string): RunReport {
  const row = database.prepare<[string], RunRow>('SELECT * FROM v1_runs WHERE run_id = ?').get(runId) as RunRow;
  const epochs = database.prepare<[string], EpochRow>('SELECT * FROM v1_epochs WHERE run_id = ? ORDER BY epoch').all(runId);
  const last = epochs.at(-1);
  const lastLoss = last ? fromState(last.val_loss, last.val_loss_state) : null;
  const lastBatchLoss = last ? fromState(last.val_batch_loss, last.val_batch_loss_state) : null;
  return {
    runId,
    name: row.name ?? row.dataset,
    status: row.status,
    seed: row.seed,
    dataset: row.dataset,
    seconds: row.seconds,
    endedAt: row.ended_at,
    epochs: row.epochs,
    epochsDone: row.epochs_done,
    validationAccuracy: extreme(
      epochs,
      ({ val_accuracy }) => val_accuracy,
      (a, b) => a > b,
    ),
    validationLoss: extreme(
      epochs,
      (epoch) => fromState(epoch.val_loss, epoch.val_loss_state),
      (a, b) => a < b,
    ),
    trainAccuracy: last?.train_accuracy ?? null,
    testAccuracy: { last: row.test_accuracy, best: row.best_test_accuracy },
    runningMinusBatch: lastLoss === null || lastBatchLoss === null ? null : lastLoss - lastBatchLoss,
    lastRate: last?.learning_rate ?? null,
    ended: endOf(database, runId, row.status),
    learningRates: database
      .prepare<[string], { epoch: number; rate: number; schedule: string }>(
        'SELECT epoch, to_rate AS rate, schedule FROM v1_learning_rates WHERE run_id = ? ORDER BY step',
      )
      .all(runId),
    attempt:
      database
        .prepare<[string], NonNullable<RunReport['attempt']>>(
          'SELECT attempt, step, checkpoint FROM v1_attempts WHERE run_id = ? AND attempt > 1 ORDER BY position DESC LIMIT 1',
        )
        .get(runId) ?? null,
    parent: row.parent_run_id === null ? null : { runId: row.parent_run_id, epoch: row.parent_epoch ?? 0 },
    replayed: row.replayed,
    fingerprint: row.fingerprint,
    checkpoints: keptCheckpoints(readHolding(database, runId)),
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '', help: row.error_help },
    archived: row.archived === 1,
    tags: row.tags.split(',').filter(Boolean),
    notes: database
      .prepare<[string], RunReport['notes'][number]>('SELECT note, noted_at AS notedAt FROM v1_notes WHERE run_id = ? ORDER BY position')
      .all(runId),
    removals: database
      .prepare<[string], RunReport['removals'][number]>(
        'SELECT kind, files, bytes, removed_at AS removedAt FROM v1_removals WHERE run_id = ? ORDER BY position',
      )
      .all(runId),
    recipe: JSON.parse(row.recipe),
  };
}

function keptCheckpoints(holding: Holding): RunReport['checkpoints'] {
  const due = dueOf(holding);
  return holding.checkpoints.filter(({ sha256 }) => due.has(sha256)).map(({ epoch, reason }) => ({ epoch, reason }));
}

function endOf(database: Database, runId: string, status: string): string | null {
  const type = { completed: 'RunCompleted', stopped: 'RunStopped' }[status];
  if (type === undefined) return null;
  const data = database
    .prepare<[string, string], string>('SELECT data FROM v1_events WHERE stream = ? AND type = ? ORDER BY version DESC LIMIT 1')
    .pluck()
    .get(`run/${runId}`, type);
  return data === undefined ? null : endedWhy(type, JSON.parse(data));
}

/** The newest completed run of the same configuration, other than this one; null where there is none. */
export function findBase(database: Database, runId: string): string | null {
  const row = database
    .prepare<[string, string], { run_id: string }>(
      `SELECT run_id FROM v1_runs
       WHERE config_id = (SELECT config_id FROM v1_runs WHERE run_id = ?) AND run_id <> ? AND status = 'completed'
       ORDER BY ended_at DESC LIMIT 1`,
    )
    .get(runId, runId);
  return row?.run_id ?? null;
}

function extreme(epochs: EpochRow[], metric: (epoch: EpochRow) => number | null, better: (a: number, b: number) => boolean): Extreme {
  const result: Extreme = { last: null, best: null, epoch: null };
  for (const epoch of epochs) {
    const value = metric(epoch);
    result.last = value;
    if (value !== null && (result.best === null || Number.isNaN(result.best) || better(value, result.best))) {
      result.best = value;
      result.epoch = epoch.epoch;
    }
  }
  return result;
}
