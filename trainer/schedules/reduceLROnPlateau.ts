// The rate times `factor` where a metric of the validation has not become better for more than `patience` epochs, as
// torch.optim.lr_scheduler.ReduceLROnPlateau. The one schedule that looks back; what it remembers is `plateau.ts`. The moment's rate is the one
// that holds by then.
import * as z from 'zod';
import { integer, numberFrom, shareInside } from '../recipe/values.ts';
import { betterWay, watchedMetric, watchedWords } from '../recipe/watched.ts';
import { type ScheduleFamily, spanWords } from './schedule.ts';
import { warmupSchema } from './warmup.ts';

const schema = z
  .strictObject({
    type: z.literal('reduceLROnPlateau'),
    metric: watchedMetric.default('validationLoss'),
    mode: z.enum(['min', 'max']).optional(),
    factor: shareInside().default(0.1),
    patience: integer(0).default(10),
    threshold: numberFrom(0).default(1e-4),
    thresholdMode: z.enum(['rel', 'abs']).default('rel'),
    cooldown: integer(0).default(0),
    minLr: numberFrom(0).default(0),
    eps: numberFrom(0).default(1e-8),
    warmup: warmupSchema.optional(),
  })
  .transform(({ mode, ...settings }) => ({ ...settings, mode: mode ?? betterWay(settings.metric) }));

export type ReduceLROnPlateau = z.infer<typeof schema> & { per?: undefined };

export const reduceLROnPlateau: ScheduleFamily<ReduceLROnPlateau> = {
  schema,
  rate: (_schedule, { lr }) => lr,
  phase: () => 0,
  rule: ({ metric, patience, factor }, { unit }) =>
    `times ${factor}: ${watchedWords(metric)} no better for ${spanWords(patience + 1, unit)}`,
};
