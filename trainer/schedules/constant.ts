// The optimizer's own rate, all the way.
import * as z from 'zod';
import type { ScheduleFamily } from './schedule.ts';

const schema = z.strictObject({ type: z.literal('constant') });

export type Constant = z.infer<typeof schema>;

export const constant: ScheduleFamily<Constant> = {
  schema,
  rate: (_schedule, lr) => lr,
  rule: () => 'the same rate throughout',
};
