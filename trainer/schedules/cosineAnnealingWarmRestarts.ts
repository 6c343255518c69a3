// The rate falls along half a cosine to etaMin, and begins at its own value again: the first time after t0 epochs, then each time after tMult times as
// many as before. etaMin + (lr − etaMin)·(1 + cos(π·tCur/tI))/2, as torch.optim.lr_scheduler.CosineAnnealingWarmRestarts (SGDR, Loshchilov and
// Hutter, 2016).
import type * as z from 'zod';
import { cosineShare } from '../numbers/cosine.ts';
import { integer, numberFrom } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas, spanWords } from './schedule.ts';

const schemas = scheduleSchemas('cosineAnnealingWarmRestarts', {
  t0: integer(1),
  tMult: integer(1).default(1),
  etaMin: numberFrom(0).default(0),
});

export type CosineAnnealingWarmRestarts = z.infer<typeof schemas.schema>;

/** The cycle that t falls in, from 0, how long it is, and how far t is in it. */
function cycleOf({ t0, tMult }: CosineAnnealingWarmRestarts, t: number): { cycle: number; length: number; at: number } {
  if (tMult === 1) return { cycle: Math.floor(t / t0), length: t0, at: t % t0 };
  let [cycle, length, at] = [0, t0, t];
  for (; at >= length; cycle++) {
    at -= length;
    length *= tMult;
  }
  return { cycle, length, at };
}

export const cosineAnnealingWarmRestarts: ScheduleFamily<CosineAnnealingWarmRestarts> = {
  ...schemas,
  rate(schedule, { lr, t }) {
    const { length, at } = cycleOf(schedule, t);
    return schedule.etaMin + (lr - schedule.etaMin) * cosineShare(at / length);
  },
  phase: (schedule, { t }) => cycleOf(schedule, t).cycle,
  rule(schedule, { t, unit }) {
    const { cycle, length } = cycleOf(schedule, t);
    return `cycle ${cycle + 1}: cosine down to ${schedule.etaMin} in ${spanWords(length, unit)}`;
  },
};
