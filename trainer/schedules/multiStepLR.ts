// The rate times gamma at each milestone: lr · gamma^(milestones up to t), the closed form of torch.optim.lr_scheduler.MultiStepLR.
import * as z from 'zod';
import { powInt } from '../numbers/power.ts';
import { integer, numberAbove } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas } from './schedule.ts';

const milestones = z.array(integer(1), 'a list of integers from 1').min(1, 'at least one milestone');

const schemas = scheduleSchemas('multiStepLR', { milestones, gamma: numberAbove(0).default(0.1) });

export type MultiStepLR = z.infer<typeof schemas.schema>;

const reached = ({ milestones }: MultiStepLR, t: number): number => milestones.filter((milestone) => milestone <= t).length;

export const multiStepLR: ScheduleFamily<MultiStepLR> = {
  ...schemas,
  rate: (schedule, { lr, t }) => lr * powInt(schedule.gamma, reached(schedule, t)),
  phase: (schedule, { t }) => reached(schedule, t),
  rule: ({ milestones, gamma }, { unit }) => `times ${gamma} after ${[...milestones].sort((a, b) => a - b).join(', ')} ${unit}s`,
};
