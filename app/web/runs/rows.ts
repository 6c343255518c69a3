// Runs as the table shows them, and their validation curves thinned to what a sparkline can show.
import type { Database } from 'better-sqlite3';

/** Columns of `v1_runs` that a row of the table shows. */
export interface RunRow {
  run_id: string;
  name: string | null;
  status: string;
  /** Null until the run has started. */
  config_id: string | null;
  dataset: string;
  seed: number;
  /** 1 where the network has any. */
  batch_norm: number;
  optimizer: string;
  lr: number;
  augment: string | null;
  epochs: number;
  epochs_done: number;
  /** ISO 8601. */
  queued_at: string;
  seconds: number | null;
  samples_per_second: number | null;
  train_accuracy: number | null;
  val_accuracy: number | null;
  val_loss: number | null;
  val_loss_state: string | null;
  error_message: string | null;
  tags: string | null;
  /** Verdict of its newest replay. */
  replayed: string | null;
  first_position: number;
}

export const runColumns = `run_id, name, status, config_id, dataset, seed, batch_norm, optimizer, lr, augment, epochs, epochs_done, queued_at, seconds,
  samples_per_second, train_accuracy, val_accuracy, val_loss, val_loss_state, error_message, tags, replayed, first_position`;

/** `[epoch, validation accuracy]`. */
export type Curve = [number, number][];

/** Points a sparkline of 84 pixels has room for. */
const mostPoints = 42;

/** Curves by run id, of the runs that have one. */
export function curvesQuery(database: Database): (runs: RunRow[]) => Map<string, Curve> {
  const statement = database
    .prepare<[string], [string, number, number]>(
      `SELECT epoch.run_id, epoch.epoch, epoch.val_accuracy FROM json_each(?) AS wanted CROSS JOIN v1_epochs AS epoch ON epoch.run_id = wanted.key
       WHERE epoch.val_accuracy IS NOT NULL AND (epoch.epoch % wanted.value = 0 OR epoch.epoch = 1) ORDER BY epoch.run_id, epoch.epoch`,
    )
    .raw();
  return (runs) => {
    const strides = runs.map(({ run_id, epochs_done }) => [run_id, Math.max(1, Math.ceil(epochs_done / mostPoints))]);
    const curves = new Map<string, Curve>();
    for (const [run, epoch, accuracy] of statement.all(JSON.stringify(Object.fromEntries(strides)))) {
      const curve = curves.get(run);
      if (curve) curve.push([epoch, accuracy]);
      else curves.set(run, [[epoch, accuracy]]);
    }
    return curves;
  };
}
