// The rows of `runledger runs`: the runs that match, repeats of a configuration folded into one row. Read from the published views;
// how rows are printed is the terminal's affair.
import type { Database } from 'better-sqlite3';
import { fromState } from '../../views/format/metric.ts';
import type { Status } from '../../views/format/status.ts';
import { summarize } from '../ablations/analysis.ts';
import type { RunBytes } from './bytes.ts';

/** One run as a row needs it. */
export interface RunRow {
  runId: string;
  name: string;
  status: Status;
  configId: string | null;
  dataset: string;
  seed: number;
  batchNorm: boolean;
  learningRate: number;
  epochs: number;
  epochsDone: number;
  trainAccuracy: number | null;
  validationAccuracy: number | null;
  validationLoss: number | null;
  seconds: number | null;
  samplesPerSecond: number | null;
  queuedAt: string;
  tags: string[];
  /** Null where nobody asked for it. */
  bytes: RunBytes | null;
  /** Validation accuracy of every epoch, in order. */
  curve: (number | null)[];
}

/** Completed runs of one configuration, or one run of any other status. The newest stands for the others. */
export interface RunGroup {
  newest: RunRow;
  runs: RunRow[];
  accuracy: { mean: number | null; sd: number | null };
}

interface Stored {
  run_id: string;
  name: string | null;
  status: Status;
  config_id: string | null;
  dataset: string;
  seed: number;
  batch_norm: number;
  lr: number;
  epochs: number;
  epochs_done: number;
  train_accuracy: number | null;
  val_accuracy: number | null;
  val_loss: number | null;
  val_loss_state: string | null;
  seconds: number | null;
  samples_per_second: number | null;
  queued_at: string;
  tags: string | null;
}

/** Newest first; the archived ones, or all others. */
export function readRuns(database: Database, { archived = false }: { archived?: boolean } = {}): RunRow[] {
  const stored = database
    .prepare<[number], Stored>('SELECT * FROM v1_runs WHERE archived = ? ORDER BY first_position DESC')
    .all(Number(archived));
  const curve = database.prepare<[string], number | null>('SELECT val_accuracy FROM v1_epochs WHERE run_id = ? ORDER BY epoch').pluck();
  return stored.map((row) => toRow(row, curve.all(row.run_id) as (number | null)[]));
}

/** Repeats under one row, in the order of their newest run. */
export function foldRepeats(rows: readonly RunRow[]): RunGroup[] {
  const groups = new Map<string, RunRow[]>();
  for (const row of rows) {
    const key = row.status === 'completed' && row.configId !== null ? row.configId : row.runId;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map(toGroup);
}

/** Every run on its own. */
export const unfolded = (rows: readonly RunRow[]): RunGroup[] => rows.map((row) => toGroup([row]));

function toGroup(runs: RunRow[]): RunGroup {
  const reached = runs.flatMap(({ validationAccuracy }) => (validationAccuracy === null ? [] : [validationAccuracy]));
  const { n, mean, sd } = summarize(reached);
  return { newest: runs[0] as RunRow, runs, accuracy: { mean: n === 0 ? null : mean, sd } };
}

function toRow(row: Stored, curve: (number | null)[]): RunRow {
  return {
    runId: row.run_id,
    name: row.name ?? row.dataset,
    status: row.status,
    configId: row.config_id,
    dataset: row.dataset,
    seed: row.seed,
    batchNorm: row.batch_norm === 1,
    learningRate: row.lr,
    epochs: row.epochs,
    epochsDone: row.epochs_done,
    trainAccuracy: row.train_accuracy,
    validationAccuracy: row.val_accuracy,
    validationLoss: fromState(row.val_loss, row.val_loss_state),
    seconds: row.seconds,
    samplesPerSecond: row.samples_per_second,
    queuedAt: row.queued_at,
    tags: row.tags ? row.tags.split(',') : [],
    bytes: null,
    curve,
  };
}
