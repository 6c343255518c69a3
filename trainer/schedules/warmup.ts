// A warm-up before a schedule: the rate rises in a line from `startFactor` times the optimizer's own to that rate, and the schedule begins where
// it ends. It is torch.optim.lr_scheduler.SequentialLR of a LinearLR and the schedule. Counted in steps it rises from step to step; counted in
// epochs, as the schedule counts: from epoch to epoch, or from step to step.
import * as z from 'zod';
import { integer, positiveUpTo } from '../recipe/values.ts';

const startFactor = positiveUpTo(1).default(1 / 3);

export const warmupSchema = z
  .strictObject(
    { epochs: integer(1).optional(), steps: integer(1).optional(), startFactor },
    'settings in braces: epochs or steps, startFactor',
  )
  .refine(({ epochs, steps }) => (epochs === undefined) !== (steps === undefined), 'either epochs or steps, and startFactor');

export type Warmup = z.infer<typeof warmupSchema>;

/** Factor on the optimizer's rate at time t (from 0) of a warm-up of `length`. */
export function warmupFactor({ startFactor }: Pick<Warmup, 'startFactor'>, t: number, length: number): number {
  return linearFactor(startFactor, 1, t, length);
}

/** LinearLR's closed form. */
export function linearFactor(from: number, to: number, t: number, length: number): number {
  return from + ((to - from) * Math.min(length, t)) / length;
}
