// What the batch-norm layers of a run did: running and batch statistics by epoch and channel, thinned so that a page stays quick.
import type { Database } from 'better-sqlite3';
import { count, metric, type Row } from './row.ts';

/** Most cells (epochs × channels) read of one layer. */
const mostCells = 6000;
const mostEpochs = 60;

export interface BatchNormLayer {
  layer: string;
  channels: number;
}

/** Each matrix by channel, then by epoch as in `epochs`. */
export interface BatchNormHistory {
  layer: string;
  channels: number;
  epochs: number[];
  runningMean: number[][];
  runningVariance: number[][];
  batchMean: number[][];
  batchVariance: number[][];
}

export interface BatchNormQueries {
  layers(runId: string): BatchNormLayer[];
  history(runId: string, layer: BatchNormLayer): BatchNormHistory | null;
}

export function batchNormQueries(database: Database): BatchNormQueries {
  const layers = database.prepare<[string], BatchNormLayer>(
    `SELECT layer, out_channels AS channels FROM v1_layers WHERE run_id = ? AND kind IN ('batchNorm2d', 'batchNorm1d') ORDER BY ordinal`,
  );
  // From the epochs: one row each, while the view of channels would be spread out to the last of them.
  const bounds = database.prepare<[string], { first: number; last: number } | Record<'first' | 'last', null>>(
    'SELECT min(epoch) AS first, max(epoch) AS last FROM v1_epochs WHERE run_id = ?',
  );
  const history = database.prepare<[string, string, number, number, number, number], Row>(
    `SELECT * FROM v1_batch_norm WHERE run_id = ? AND layer = ? AND (epoch = ? OR epoch % ? = 0 OR epoch = ?) AND epoch <= ?
     ORDER BY epoch, channel`,
  );
  return {
    layers: (runId) => layers.all(runId),
    history: (runId, layer) => {
      const { first, last } = bounds.get(runId) ?? { first: null, last: null };
      if (last === null) return null;
      const most = Math.max(2, Math.min(mostEpochs, Math.floor(mostCells / layer.channels)));
      // Statistics of an epoch are recorded before the epoch itself: one that is not measured yet is left out.
      const rows = history.all(runId, layer.layer, first, Math.max(1, Math.ceil(last / most)), last, last);
      return rows.length === 0 ? null : toHistory(layer, rows);
    },
  };
}

function toHistory({ layer, channels }: BatchNormLayer, rows: Row[]): BatchNormHistory {
  const epochs = [...new Set(rows.map((row) => count(row, 'epoch')))];
  const at = new Map(epochs.map((epoch, index) => [epoch, index]));
  const matrix = (column: string) => {
    const values = Array.from({ length: channels }, () => epochs.map(() => Number.NaN));
    for (const row of rows) values[count(row, 'channel')]![at.get(count(row, 'epoch'))!] = metric(row, column) ?? Number.NaN;
    return values;
  };
  return {
    layer,
    channels,
    epochs,
    runningMean: matrix('running_mean'),
    runningVariance: matrix('running_variance'),
    batchMean: matrix('batch_mean'),
    batchVariance: matrix('batch_variance'),
  };
}
