// The course of a run: epochs, buckets of steps, learning rates, checkpoints, the confusion matrix of an epoch.
// Never a whole long history: beyond a bound every k-th epoch is read, the first and the last always.
import type { Database } from 'better-sqlite3';
import type { Value } from '../../charts/chart.ts';
import { count, metric, type Row, text } from './row.ts';

/** Most points a curve is drawn from. */
export const mostPoints = 300;
/** Up to this many planned epochs the training curve is drawn from its buckets of steps. */
const fineEpochs = 10;

export interface EpochPoint {
  epoch: number;
  trainLoss: Value;
  trainAccuracy: Value;
  valLoss: Value;
  valAccuracy: Value;
  /** With batch statistics in place of running ones; null without batch normalization. */
  valBatchLoss: Value;
  valBatchAccuracy: Value;
  learningRate: Value;
  gradientNorm: Value;
  seconds: Value;
}

export interface StepPoint {
  /** In epochs: 1.5 is the middle of the second. */
  at: number;
  loss: Value;
  accuracy: Value;
  learningRate: Value;
}

export interface RateChange {
  epoch: number;
  step: number;
  from: number | null;
  to: number;
  schedule: string;
  why: string;
}

export interface CheckpointRow {
  epoch: number;
  step: number;
  sha256: string;
  bytes: number;
  reason: string;
  valAccuracy: Value;
}

export interface Confusion {
  epoch: number;
  classes: string[];
  /** Rows true class, columns predicted. */
  counts: number[][];
}

export interface HistoryQueries {
  epochs(runId: string, most?: number): EpochPoint[];
  epoch(runId: string, epoch: number): EpochPoint | null;
  /** Empty for runs of many epochs, whose training curve comes from epochs. */
  steps(run: { id: string; epochs: number; stepsPerEpoch: number }): StepPoint[];
  rates(runId: string): RateChange[];
  /** The newest of each reason. */
  checkpoints(runId: string): CheckpointRow[];
  /** Of the last measured epoch. */
  confusion(runId: string): Confusion | null;
}

export function historyQueries(database: Database): HistoryQueries {
  const bounds = database.prepare<[string], { first: number | null; last: number | null }>(
    'SELECT min(epoch) AS first, max(epoch) AS last FROM v1_epochs WHERE run_id = ?',
  );
  const epochs = database.prepare<[string, number | null, number, number], Row>(
    'SELECT * FROM v1_epochs WHERE run_id = ? AND (epoch = ? OR epoch % ? = 0 OR epoch = ?) ORDER BY epoch',
  );
  const oneEpoch = database.prepare<[string, number], Row>('SELECT * FROM v1_epochs WHERE run_id = ? AND epoch = ?');
  const steps = database.prepare<[string, number], Row>('SELECT * FROM v1_steps WHERE run_id = ? ORDER BY step LIMIT ?');
  const rates = database.prepare<[string], Row>('SELECT * FROM v1_learning_rates WHERE run_id = ? ORDER BY step LIMIT 1000');
  // With max(), SQLite takes the other columns of a group from the row that has it.
  const checkpoints = database.prepare<[string], Row>(
    `SELECT c.reason, max(c.step) AS step, c.epoch, c.sha256, c.bytes, e.val_accuracy
     FROM v1_checkpoints c LEFT JOIN v1_epochs e ON e.run_id = c.run_id AND e.epoch = c.epoch
     WHERE c.run_id = ? GROUP BY c.reason ORDER BY 2 DESC, c.reason`,
  );
  const confusion = database.prepare<[string, number], Row>(
    'SELECT * FROM v1_confusion WHERE run_id = ? AND epoch = ? ORDER BY true_class, predicted_class',
  );
  return {
    epochs: (runId, most = mostPoints) => {
      const { first, last } = bounds.get(runId) ?? { first: null, last: null };
      return epochs.all(runId, first, Math.max(1, Math.ceil((last ?? 0) / most)), last ?? 0).map(toEpoch);
    },
    epoch: (runId, epoch) => {
      const row = oneEpoch.get(runId, epoch);
      return row === undefined ? null : toEpoch(row);
    },
    steps: ({ id, epochs: planned, stepsPerEpoch }) =>
      planned > fineEpochs || stepsPerEpoch === 0 ? [] : steps.all(id, mostPoints).map((row) => toStep(row, stepsPerEpoch)),
    rates: (runId) => rates.all(runId).map(toRate),
    checkpoints: (runId) =>
      checkpoints.all(runId).map((row) => ({
        epoch: count(row, 'epoch'),
        step: count(row, 'step'),
        sha256: text(row, 'sha256'),
        bytes: count(row, 'bytes'),
        reason: text(row, 'reason'),
        valAccuracy: metric(row, 'val_accuracy'),
      })),
    confusion: (runId) => {
      const epoch = bounds.get(runId)?.last ?? null;
      return epoch === null ? null : toConfusion(epoch, confusion.all(runId, epoch));
    },
  };
}

function toEpoch(row: Row): EpochPoint {
  return {
    epoch: count(row, 'epoch'),
    trainLoss: metric(row, 'train_loss'),
    trainAccuracy: metric(row, 'train_accuracy'),
    valLoss: metric(row, 'val_loss'),
    valAccuracy: metric(row, 'val_accuracy'),
    valBatchLoss: metric(row, 'val_batch_loss'),
    valBatchAccuracy: metric(row, 'val_batch_accuracy'),
    learningRate: metric(row, 'learning_rate'),
    gradientNorm: metric(row, 'gradient_norm'),
    seconds: metric(row, 'seconds'),
  };
}

function toStep(row: Row, stepsPerEpoch: number): StepPoint {
  return {
    at: count(row, 'step') / stepsPerEpoch,
    loss: metric(row, 'loss_mean'),
    accuracy: metric(row, 'accuracy'),
    learningRate: metric(row, 'learning_rate'),
  };
}

function toRate(row: Row): RateChange {
  return {
    epoch: count(row, 'epoch'),
    step: count(row, 'step'),
    from: row.from_rate as number | null,
    to: count(row, 'to_rate'),
    schedule: text(row, 'schedule'),
    why: text(row, 'why'),
  };
}

function toConfusion(epoch: number, rows: Row[]): Confusion {
  const classes: string[] = [];
  for (const row of rows) {
    classes[count(row, 'true_class')] = text(row, 'true_name');
    classes[count(row, 'predicted_class')] = text(row, 'predicted_name');
  }
  const counts = classes.map(() => classes.map(() => 0));
  for (const row of rows) counts[count(row, 'true_class')]![count(row, 'predicted_class')] = count(row, 'count');
  return { epoch, classes, counts };
}
