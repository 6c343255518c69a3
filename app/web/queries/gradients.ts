// How large the gradients of a run's layers were.
import type { Database } from 'better-sqlite3';

/** Of one layer of one run. */
export interface LayerGradient {
  layer: string;
  /** Of the last step of each epoch, mean over the epochs; null where one of them is no number. */
  norm: number | null;
}

export interface GradientQueries {
  /** In the order of the network. */
  byLayer(runId: string): LayerGradient[];
}

/** An epoch's norms are spread out of its event: of many epochs every k-th is read, the last always. */
const mostEpochs = 50;

export function gradientQueries(database: Database): GradientQueries {
  const last = database.prepare<[string], number | null>('SELECT max(epoch) FROM v1_epochs WHERE run_id = ?').pluck();
  const statement = database.prepare<[string, number, number], LayerGradient & { unknown: number }>(
    `SELECT gradients.layer, avg(gradients.gradient_norm) AS norm, sum(gradients.gradient_norm IS NULL) AS unknown
     FROM v1_layer_gradients AS gradients JOIN v1_layers AS layers ON layers.run_id = gradients.run_id AND layers.layer = gradients.layer
     WHERE gradients.run_id = ? AND (gradients.epoch % ? = 0 OR gradients.epoch = ?)
     GROUP BY gradients.layer ORDER BY layers.ordinal`,
  );
  return {
    byLayer(runId) {
      const epochs = last.get(runId) ?? 0;
      return statement
        .all(runId, Math.max(1, Math.ceil(epochs / mostEpochs)), epochs)
        .map(({ layer, norm, unknown }) => ({ layer, norm: unknown > 0 ? null : norm }));
    },
  };
}
