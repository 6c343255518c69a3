// The rate times gamma after every `stepSize` epochs: lr · gamma^⌊(epoch − 1)/stepSize⌋, the closed form of torch.optim.lr_scheduler.StepLR.
import * as z from 'zod';
import { powInt } from '../numbers/power.ts';
import { integer, numberAbove } from '../recipe/values.ts';
import type { ScheduleFamily } from './schedule.ts';

const schema = z.strictObject({ type: z.literal('stepLR'), stepSize: integer(1), gamma: numberAbove(0).default(0.1) });

export type StepLR = z.infer<typeof schema>;

export const stepLR: ScheduleFamily<StepLR> = {
  schema,
  rate: ({ stepSize, gamma }, lr, epoch) => lr * powInt(gamma, Math.floor((epoch - 1) / stepSize)),
  rule: ({ stepSize, gamma }) => `times ${gamma} every ${stepSize === 1 ? 'epoch' : `${stepSize} epochs`}`,
};
