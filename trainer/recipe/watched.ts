// A metric of the validation that a rule watches from epoch to epoch: a schedule, an ending.
import * as z from 'zod';
import type { Metrics } from '../facts.ts';

export const watchedMetric = z.enum(['validationLoss', 'validationAccuracy']);

export type WatchedMetric = z.infer<typeof watchedMetric>;

/** Its value after an epoch. */
export function watchedValue(metric: WatchedMetric, validation: Metrics): number {
  return metric === 'validationLoss' ? validation.loss : validation.accuracy;
}

export function watchedWords(metric: WatchedMetric): string {
  return metric === 'validationLoss' ? 'validation loss' : 'validation accuracy';
}

/** Which way is better. */
export function betterWay(metric: WatchedMetric): 'min' | 'max' {
  return metric === 'validationLoss' ? 'min' : 'max';
}
