// Endings before the last epoch: patience with a metric, a target, a time budget. The first that holds ends the run.
// Patience and targets are functions of recipe and data. The budget is a decision from outside: the trainer knows no clock that would decide
// anything, so whoever records the run stops it (app/runs/budget.ts).
import * as z from 'zod';
import { integer, numberFrom, positiveUpTo, share } from './values.ts';
import { watchedMetric } from './watched.ts';

export const targetSchema = z
  .strictObject(
    { validationAccuracy: share().optional(), validationLoss: numberFrom(0).optional() },
    'settings in braces: validationAccuracy, validationLoss',
  )
  .refine((target) => Object.values(target).some((value) => value !== undefined), 'validationAccuracy, validationLoss, or both');

/** Two weeks and a half: a timer takes no longer. */
const mostMinutes = 30_000;

export const stopSchema = z
  .strictObject(
    {
      /** Epochs without a better value after which the run ends. */
      patience: integer(1).optional(),
      metric: watchedMetric.optional(),
      /** How much better a value must be to count. */
      minDelta: numberFrom(0).optional(),
      /** Values that are good enough, at the end of an epoch. */
      target: targetSchema.optional(),
      /** Minutes that an attempt may train. */
      minutes: positiveUpTo(mostMinutes).optional(),
    },
    'settings in braces: patience (with metric, minDelta), target, minutes',
  )
  .refine(({ patience, target, minutes }) => patience ?? target ?? minutes, 'patience, target or minutes')
  .refine(
    ({ patience, metric, minDelta }) => patience !== undefined || (metric ?? minDelta) === undefined,
    'metric and minDelta with patience only',
  )
  .transform(({ patience, metric, minDelta, target, minutes }) => ({
    ...(patience !== undefined && { patience, metric: metric ?? ('validationLoss' as const), minDelta: minDelta ?? 0 }),
    ...(target !== undefined && { target }),
    ...(minutes !== undefined && { minutes }),
  }));

export type Stop = z.infer<typeof stopSchema>;
