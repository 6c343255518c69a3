// The rate falls along half a cosine to etaMin in tMax epochs, and rises again after that: etaMin + (lr − etaMin)·(1 + cos(π·t/tMax))/2, the
// closed form of torch.optim.lr_scheduler.CosineAnnealingLR (Loshchilov and Hutter, 2016, without restarts).
import type * as z from 'zod';
import { cosineShare } from '../numbers/cosine.ts';
import { integer, numberFrom } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas, spanWords } from './schedule.ts';

const schemas = scheduleSchemas('cosineAnnealingLR', { tMax: integer(1), etaMin: numberFrom(0).default(0) });

export type CosineAnnealingLR = z.infer<typeof schemas.schema>;

export const cosineAnnealingLR: ScheduleFamily<CosineAnnealingLR> = {
  ...schemas,
  rate: ({ tMax, etaMin }, { lr, t }) => etaMin + (lr - etaMin) * cosineShare(t / tMax),
  phase: ({ tMax }, { t }) => Math.floor(t / tMax),
  rule: ({ tMax, etaMin }, { lr, t, unit }) => {
    const falls = Math.floor(t / tMax) % 2 === 0;
    return `cosine ${falls ? 'down' : 'up'} to ${falls ? etaMin : lr} in ${spanWords(tMax, unit)}`;
  },
};
