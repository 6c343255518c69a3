// The optimizer's own rate, all the way.
import type * as z from 'zod';
import { type ScheduleFamily, scheduleSchemas } from './schedule.ts';

const schemas = scheduleSchemas('constant', {});

export type Constant = z.infer<typeof schemas.schema>;

export const constant: ScheduleFamily<Constant> = {
  ...schemas,
  rate: (_schedule, { lr }) => lr,
  phase: () => 0,
  rule: () => 'the same rate throughout',
};
