// Several schedules one after the other, each beginning anew at its milestone: torch.optim.lr_scheduler.SequentialLR. The sequence counts for all
// of its parts. A schedule that watches a metric cannot be a part, as in PyTorch.
import * as z from 'zod';
import { integer } from '../recipe/values.ts';
import { type PlainSchedule, plainFamilies } from './families.ts';
import { type Moment, type ScheduleFamily, scheduleSchemas } from './schedule.ts';

export type Part = Exclude<PlainSchedule, { type: 'reduceLROnPlateau' }>;

const ascending = (milestones: readonly number[]): boolean => milestones.every((milestone, i) => i === 0 || milestone > milestones[i - 1]!);
const takes = 'a list of ascending integers from 1';

const { schema } = scheduleSchemas('sequence', {
  /** Read one by one after it. */
  schedules: z.array(z.unknown(), 'a list of schedules').min(2, 'a list of two schedules or more'),
  milestones: z.array(integer(1), takes).refine(ascending, takes),
});

export type Sequence = Omit<z.infer<typeof schema>, 'schedules'> & { schedules: Part[] };

const initialRateOf = (part: Part): number | undefined => plainFamilies[part.type].initialRate?.(part);

/**
 * The rate that a part starts from. OneCycleLR gives the optimizer another one: in PyTorch the parts behind it start from that, and so does
 * the first one of all, where no warm-up is before it.
 */
function startOf({ schedules, warmup }: Sequence, index: number, lr: number): number {
  const said = index === 0 && warmup === undefined ? schedules : schedules.slice(0, index);
  return said.map(initialRateOf).findLast((rate) => rate !== undefined) ?? lr;
}

/** The part that holds at t, with its own moment. */
function partAt(sequence: Sequence, { t, length, lr, unit }: Moment): { index: number; part: Part; own: Moment } {
  const { schedules, milestones } = sequence;
  const index = milestones.filter((milestone) => milestone <= t).length;
  const begin = milestones[index - 1] ?? 0;
  const end = Math.min(milestones[index] ?? length, Math.max(length, begin));
  return { index, part: schedules[index]!, own: { lr: startOf(sequence, index, lr), t: t - begin, length: end - begin, unit } };
}

/** More phases than a part will ever have. */
const mostPhases = 0x1_0000_0000;

export const sequence: ScheduleFamily<Sequence> = {
  schema: schema as unknown as z.ZodType<Sequence>,
  // That of the last one that has any; parts without leave the optimizer's own.
  initialRate: ({ schedules }) => schedules.map(initialRateOf).findLast((rate) => rate !== undefined),
  rate(schedule, moment) {
    const { part, own } = partAt(schedule, moment);
    return plainFamilies[part.type].rate(part, own);
  },
  phase(schedule, moment) {
    const { index, part, own } = partAt(schedule, moment);
    return index * mostPhases + plainFamilies[part.type].phase(part, own);
  },
  rule(schedule, moment) {
    const { part, own } = partAt(schedule, moment);
    return `${part.type}, ${plainFamilies[part.type].rule(part, own)}`;
  },
  misfit(schedule, length) {
    for (const [index, part] of schedule.schedules.entries()) {
      const begin = schedule.milestones[index - 1] ?? 0;
      const own = Math.min(schedule.milestones[index] ?? length, length) - begin;
      const found = own > 0 ? plainFamilies[part.type].misfit?.(part, own) : null;
      if (found) return found;
    }
    return null;
  },
};
