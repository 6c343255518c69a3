// One cycle: from maxLr/divFactor up to maxLr and down to maxLr/divFactor/finalDivFactor, as torch.optim.lr_scheduler.OneCycleLR (Smith and
// Topin, 2017). The optimizer's own rate has no part in it. It counts steps unless told otherwise, and lasts as long as the run unless told how long.
//
// The rate alone is cycled: PyTorch moves the momentum the other way, but ours is a constant of the optimizer, written into its kernels and held
// by every replay and fork as a part of the recipe; `cycleMomentum: true` is refused with these words.
import * as z from 'zod';
import { cosineShare } from '../numbers/cosine.ts';
import { flag, integer, numberAbove, share } from '../recipe/values.ts';
import { type Moment, type ScheduleFamily, scheduleSchemas, short } from './schedule.ts';
import { warmupSchema } from './warmup.ts';

const settings = {
  maxLr: numberAbove(0),
  totalSteps: integer(1).optional(),
  pctStart: share().default(0.3),
  annealStrategy: z.enum(['cos', 'linear']).default('cos'),
  divFactor: numberAbove(0).default(25),
  finalDivFactor: numberAbove(0).default(10_000),
  threePhase: flag().default(false),
  cycleMomentum: flag()
    .refine((asked) => !asked, 'false: the rate alone is cycled, momentum is a constant of the optimizer')
    .default(false),
};
const { part } = scheduleSchemas('oneCycleLR', settings);
const schema = z.strictObject({ ...part.shape, per: z.enum(['epoch', 'step']).default('step'), warmup: warmupSchema.optional() });

export type OneCycleLR = z.infer<typeof part> & Partial<Pick<z.infer<typeof schema>, 'per' | 'warmup'>>;

interface Leg {
  /** Times at which it begins and ends. */
  begin: number;
  end: number;
  from: number;
  to: number;
}

/** As PyTorch cuts the cycle: legs end a step before the next number of steps is full. */
function legs({ maxLr, pctStart, divFactor, finalDivFactor, threePhase, totalSteps }: OneCycleLR, length: number): Leg[] {
  const total = totalSteps ?? length;
  const initial = maxLr / divFactor;
  const final = initial / finalDivFactor;
  const peak = pctStart * total - 1;
  const up: Leg = { begin: 0, end: peak, from: initial, to: maxLr };
  if (!threePhase) return [up, { begin: peak, end: total - 1, from: maxLr, to: final }];
  const back = 2 * pctStart * total - 2;
  return [up, { begin: peak, end: back, from: maxLr, to: initial }, { begin: back, end: total - 1, from: initial, to: final }];
}

function legAt(schedule: OneCycleLR, { t, length }: Moment): { index: number; leg: Leg } {
  const all = legs(schedule, length);
  const found = all.findIndex(({ end }) => t <= end);
  const index = found < 0 ? all.length - 1 : found;
  return { index, leg: all[index]! };
}

export const oneCycleLR: ScheduleFamily<OneCycleLR> = {
  schema,
  part,
  initialRate: ({ maxLr, divFactor }) => maxLr / divFactor,
  rate(schedule, moment) {
    const { begin, end, from, to } = legAt(schedule, moment).leg;
    const part = (moment.t - begin) / (end - begin);
    return schedule.annealStrategy === 'cos' ? to + (from - to) * cosineShare(part) : (to - from) * part + from;
  },
  phase: (schedule, moment) => legAt(schedule, moment).index,
  rule(schedule, moment) {
    const { from, to } = legAt(schedule, moment).leg;
    return `one cycle: ${to > from ? 'up' : 'down'} to ${short(to)}`;
  },
  misfit(schedule, length) {
    const { totalSteps, pctStart } = schedule;
    if (totalSteps !== undefined && totalSteps < length) {
      return {
        message: `totalSteps is ${totalSteps}, and oneCycleLR holds for ${length}`,
        help: `make totalSteps at least ${length}, or leave it out: then the cycle takes all of them`,
      };
    }
    const total = totalSteps ?? length;
    if (pctStart * total !== 1) return null;
    return {
      message: `pctStart is ${pctStart}, and that share of ${total} is a single one: the way up would begin where it ends`,
      help: `make pctStart larger than ${short(1 / total)}, or 0`,
    };
  },
};
