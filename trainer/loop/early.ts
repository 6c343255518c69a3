// Endings that recipe and data decide at the end of an epoch: a metric that has not become better for long enough, or a target that is reached.
import type { EarlyEnd, Metrics } from '../facts.ts';
import type { Stop } from '../recipe/stop.ts';
import { betterWay, type WatchedMetric, watchedValue, watchedWords } from '../recipe/watched.ts';

/** What patience remembers from epoch to epoch. Plain data: checkpoints carry it. */
export interface Patience {
  metric: WatchedMetric;
  best: number;
  badEpochs: number;
}

/** With which a run, or a fork of it, goes on: the same, unless another metric is watched. Null where the recipe has no patience. */
export function takeOverPatience({ patience, metric }: Stop, kept: Patience | undefined): Patience | null {
  if (patience === undefined || metric === undefined) return null;
  if (kept?.metric === metric) return kept;
  return { metric, best: betterWay(metric) === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY, badEpochs: 0 };
}

/** After an epoch. Better is more than minDelta better; NaN never is. */
export function watchPatience({ minDelta = 0 }: Stop, { metric, best, badEpochs }: Patience, validation: Metrics): Patience {
  const value = watchedValue(metric, validation);
  const better = betterWay(metric) === 'min' ? value < best - minDelta : value > best + minDelta;
  return better ? { metric, best: value, badEpochs: 0 } : { metric, best, badEpochs: badEpochs + 1 };
}

/** Why a run ends after an epoch; null where it goes on. A target counts before patience. */
export function earlyEnd({ patience, target }: Stop, kept: Patience | null, validation: Metrics): EarlyEnd | null {
  const { validationAccuracy, validationLoss } = target ?? {};
  if (validationAccuracy !== undefined && validation.accuracy >= validationAccuracy) {
    return { rule: 'target', why: `validation accuracy ${validation.accuracy} reached ${validationAccuracy}` };
  }
  if (validationLoss !== undefined && validation.loss <= validationLoss) {
    return { rule: 'target', why: `validation loss ${validation.loss} reached ${validationLoss}` };
  }
  if (patience === undefined || kept === null || kept.badEpochs < patience) return null;
  return {
    rule: 'patience',
    why: `${watchedWords(kept.metric)} no better than ${kept.best} for ${kept.badEpochs === 1 ? 'an epoch' : `${kept.badEpochs} epochs`}`,
  };
}
