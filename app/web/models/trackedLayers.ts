// The batch norms of a run that keep running statistics: of the others nothing is recorded that a page could show.
import { everyLayer, type RecordedLayer } from '../../../trainer/index.ts';
import type { BatchNormLayer, BatchNormQueries } from '../queries/batchNorm.ts';
import type { RunRow } from '../queries/runs.ts';

export function trackedLayers(queries: BatchNormQueries, run: RunRow): BatchNormLayer[] {
  const network = everyLayer((run.recipe.network ?? []) as RecordedLayer[]);
  const untracked = new Set(network.filter(({ trackRunningStats }) => trackRunningStats === false).map(({ name }) => name));
  return queries.layers(run.id).filter(({ layer }) => !untracked.has(layer));
}
