// Which kinds of layers normalise with the statistics of a batch.
import type { BatchNorm1d } from './batchNorm1d.ts';
import type { BatchNorm2d } from './batchNorm2d.ts';

/** A batch norm in canonical form. */
export type BatchNorm = BatchNorm1d | BatchNorm2d;

export function isBatchNorm(layer: { kind: string }): layer is BatchNorm {
  return layer.kind === 'batchNorm1d' || layer.kind === 'batchNorm2d';
}

/** Whether it keeps running statistics and evaluates with them. */
export function tracksStatistics({ trackRunningStats = true }: BatchNorm): boolean {
  return trackRunningStats;
}
