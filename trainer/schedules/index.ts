// All schedules by name, and how one is read.
import type * as z from 'zod';
import { badValue, isPlainObject } from '../recipe/check.ts';
import { readTyped } from '../recipe/typed.ts';
import { type PlainSchedule, partSchemas, plainFamilies } from './families.ts';
import type { ScheduleFamily } from './schedule.ts';
import { type Part, type Sequence, sequence } from './sequence.ts';

/** A schedule in canonical form. */
export type Schedule = PlainSchedule | Sequence;

export const scheduleFamilies = { ...plainFamilies, sequence } as unknown as Readonly<Record<Schedule['type'], ScheduleFamily<Schedule>>>;

export const scheduleSchemas = Object.fromEntries(Object.entries(scheduleFamilies).map(([type, { schema }]) => [type, schema])) as Readonly<
  Record<Schedule['type'], z.ZodType<Schedule>>
>;

/** Schemas of the parts of a sequence. */
export const scheduleParts = partSchemas;

/** Reads the schedule at `place`, and the parts of a sequence one by one. Throws as `readTyped`. */
export function readSchedule(written: unknown, place: string): Schedule {
  const schedule = readTyped<Schedule>(scheduleSchemas, written, place);
  if (schedule.type !== 'sequence') return schedule;
  const { schedules, milestones } = schedule;
  if (milestones.length !== schedules.length - 1) {
    const takes = `${schedules.length - 1} of them: where each schedule but the first begins`;
    throw badValue(`${place}.milestones`, milestones, takes);
  }
  const parts = schedules.map((part, index) => readPart(part, `${place}.schedules[${index}]`));
  return { ...schedule, schedules: parts };
}

function readPart(written: unknown, place: string): Part {
  const type = isPlainObject(written) ? written.type : written;
  if (typeof type === 'string' && Object.hasOwn(scheduleFamilies, type) && !Object.hasOwn(partSchemas, type)) {
    throw badValue(`${place}.type`, type, `${Object.keys(partSchemas).join(' or ')}: ${type} cannot be a part of a sequence`);
  }
  return readTyped<Part>(partSchemas as Readonly<Record<string, z.ZodType<Part>>>, written, place);
}
