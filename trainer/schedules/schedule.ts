// What a learning-rate schedule says about itself: its settings, and the rate of an epoch in closed form, so that no history is needed to resume.
import type * as z from 'zod';

export interface ScheduleFamily<S> {
  schema: z.ZodType<S>;
  /** Rate during `epoch` (from 1), given the optimizer's own rate `lr`; in double. */
  rate(schedule: S, lr: number, epoch: number): number;
  /** The rule in words, for the record. */
  rule(schedule: S): string;
}
