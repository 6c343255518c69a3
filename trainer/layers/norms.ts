// Which kinds of layers normalise, and with the statistics of what.
import type { BatchNorm1d } from './batchNorm1d.ts';
import type { BatchNorm2d } from './batchNorm2d.ts';
import type { GroupNorm } from './groupNorm.ts';

/** A batch norm in canonical form. */
export type BatchNorm = BatchNorm1d | BatchNorm2d;

/** Norms that scale and shift by channel: one constant a channel for each sample. */
export type ChannelNorm = BatchNorm | GroupNorm;

export function isBatchNorm(layer: { kind: string }): layer is BatchNorm {
  return layer.kind === 'batchNorm1d' || layer.kind === 'batchNorm2d';
}

export function isChannelNorm(layer: { kind: string }): layer is ChannelNorm {
  return layer.kind === 'groupNorm' || isBatchNorm(layer);
}

/** Whether it keeps running statistics and evaluates with them. */
export function tracksStatistics({ trackRunningStats = true }: BatchNorm): boolean {
  return trackRunningStats;
}
