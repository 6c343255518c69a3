// A factor on the rate goes in a line from startFactor to endFactor in totalIters epochs, and stays there:
// lr · (startFactor + (endFactor − startFactor)·min(t, totalIters)/totalIters), the closed form of torch.optim.lr_scheduler.LinearLR.
import type * as z from 'zod';
import { integer, positiveUpTo, share } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas, short, spanWords } from './schedule.ts';
import { linearFactor } from './warmup.ts';

const schemas = scheduleSchemas('linearLR', {
  startFactor: positiveUpTo(1).default(1 / 3),
  endFactor: share().default(1),
  totalIters: integer(1).default(5),
});

export type LinearLR = z.infer<typeof schemas.schema>;

export const linearLR: ScheduleFamily<LinearLR> = {
  ...schemas,
  rate: ({ startFactor, endFactor, totalIters }, { lr, t }) => lr * linearFactor(startFactor, endFactor, t, totalIters),
  phase: ({ totalIters }, { t }) => Number(t >= totalIters),
  rule: ({ startFactor, endFactor, totalIters }, { t, unit }) =>
    t >= totalIters
      ? `${short(endFactor)} times the rate from here on`
      : `in a line from ${short(startFactor)} to ${short(endFactor)} times the rate in ${spanWords(totalIters, unit)}`,
};
