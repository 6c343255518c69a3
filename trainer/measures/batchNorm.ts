// Running and batch statistics of all batch-norm layers, once an epoch.
import type { EngineState } from '../engine.ts';
import type { BatchNormMeasured } from '../facts.ts';
import { packSeries } from './series.ts';

/** The fact, or null where the network has no batch normalization. */
export function measureBatchNorm(epoch: number, { batchNorm }: EngineState): BatchNormMeasured | null {
  if (batchNorm.size === 0) return null;
  const series = [...batchNorm].flatMap(([layer, state]) => [
    [`${layer}/runningMean`, state.runningMean] as const,
    [`${layer}/runningVariance`, state.runningVariance] as const,
    [`${layer}/batchMean`, state.batchMean] as const,
    [`${layer}/batchVariance`, state.batchVariance] as const,
  ]);
  const { index, arrays } = packSeries(series);
  return { type: 'BatchNormMeasured', data: { epoch, arrays: index }, measured: {}, arrays };
}
