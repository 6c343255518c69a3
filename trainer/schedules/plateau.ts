// What ReduceLROnPlateau remembers from epoch to epoch, and how an epoch's metric moves it: torch.optim.lr_scheduler.ReduceLROnPlateau.step.

import type { Metrics } from '../facts.ts';
import { type WatchedMetric, watchedValue } from '../recipe/watched.ts';
import type { ReduceLROnPlateau } from './reduceLROnPlateau.ts';

/** Plain data: checkpoints carry it. */
export interface PlateauState {
  /** The optimizer's own rate, from which it began. */
  lr: number;
  /** The rate that holds. */
  rate: number;
  metric: WatchedMetric;
  mode: 'min' | 'max';
  best: number;
  badEpochs: number;
  /** Epochs of the cooldown that are left. */
  cooldown: number;
}

export function startPlateau({ metric, mode }: ReduceLROnPlateau, lr: number): PlateauState {
  return {
    lr,
    rate: lr,
    metric,
    mode,
    best: mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    badEpochs: 0,
    cooldown: 0,
  };
}

/**
 * The state with which another run, or this one again, goes on: the same. Where a fork sets another rate it begins at that, and where it
 * watches another metric, or the other way round, nothing has been seen yet.
 */
export function takeOverPlateau(schedule: ReduceLROnPlateau, lr: number, kept: PlateauState | undefined): PlateauState {
  const fresh = startPlateau(schedule, lr);
  if (kept === undefined) return fresh;
  const rate = kept.lr === lr ? kept.rate : lr;
  return kept.metric === schedule.metric && kept.mode === schedule.mode ? { ...kept, lr, rate } : { ...fresh, rate };
}

/** The state after an epoch. */
export function watchPlateau(schedule: ReduceLROnPlateau, state: PlateauState, validation: Metrics): PlateauState {
  const { patience, cooldown, factor, minLr, eps } = schedule;
  const value = watchedValue(schedule.metric, validation);
  const next = { ...state };
  if (isBetter(schedule, value, state.best)) {
    next.best = value;
    next.badEpochs = 0;
  } else next.badEpochs += 1;
  if (next.cooldown > 0) {
    next.cooldown -= 1;
    next.badEpochs = 0;
  }
  if (next.badEpochs <= patience) return next;
  const rate = Math.max(state.rate * factor, minLr);
  if (state.rate - rate > eps) next.rate = rate;
  return { ...next, cooldown, badEpochs: 0 };
}

function isBetter({ mode, threshold, thresholdMode }: ReduceLROnPlateau, value: number, best: number): boolean {
  if (thresholdMode === 'abs') return mode === 'min' ? value < best - threshold : value > best + threshold;
  return mode === 'min' ? value < best * (1 - threshold) : value > best * (threshold + 1);
}
