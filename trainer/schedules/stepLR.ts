// The rate times gamma after every `stepSize` epochs: lr · gamma^⌊t/stepSize⌋, the closed form of torch.optim.lr_scheduler.StepLR.
import type * as z from 'zod';
import { powInt } from '../numbers/power.ts';
import { integer, numberAbove } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas, spanWords } from './schedule.ts';

const schemas = scheduleSchemas('stepLR', { stepSize: integer(1), gamma: numberAbove(0).default(0.1) });

export type StepLR = z.infer<typeof schemas.schema>;

export const stepLR: ScheduleFamily<StepLR> = {
  ...schemas,
  rate: ({ stepSize, gamma }, { lr, t }) => lr * powInt(gamma, Math.floor(t / stepSize)),
  phase: ({ stepSize }, { t }) => Math.floor(t / stepSize),
  rule: ({ stepSize, gamma }, { unit }) => `times ${gamma} every ${stepSize === 1 ? unit : spanWords(stepSize, unit)}`,
};
