// The rate times gamma every epoch: lr · gamma^t, the closed form of torch.optim.lr_scheduler.ExponentialLR.
import type * as z from 'zod';
import { powInt } from '../numbers/power.ts';
import { numberAbove } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas } from './schedule.ts';

const schemas = scheduleSchemas('exponentialLR', { gamma: numberAbove(0) });

export type ExponentialLR = z.infer<typeof schemas.schema>;

export const exponentialLR: ScheduleFamily<ExponentialLR> = {
  ...schemas,
  rate: ({ gamma }, { lr, t }) => lr * powInt(gamma, t),
  phase: () => 0,
  rule: ({ gamma }, { unit }) => `times ${gamma} every ${unit}`,
};
