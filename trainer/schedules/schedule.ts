// What a learning-rate schedule says about itself: its settings, and its rate at any time in closed form, so that no history is needed to resume.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { type Warmup, warmupSchema } from './warmup.ts';

/** What a schedule counts in. */
export type Unit = 'epoch' | 'step';

/** What every schedule of a recipe may say besides its own settings; without `per` it counts epochs. */
export interface Timing {
  per?: Unit | undefined;
  warmup?: Warmup | undefined;
}

/** A moment of a schedule. */
export interface Moment {
  /** The optimizer's own rate. */
  lr: number;
  /** From 0, counted in `unit` from where the schedule begins. */
  t: number;
  /** How long the schedule holds, in `unit`. */
  length: number;
  unit: Unit;
}

export interface ScheduleFamily<S> {
  /** As it stands in a recipe. */
  schema: z.ZodType<S>;
  /** As a part of a sequence, which counts for all of its parts; absent where it cannot be one. */
  part?: z.ZodType<S>;
  /** The rate, in double. */
  rate(schedule: S, moment: Moment): number;
  /** The rate that the optimizer is given at first, where that is not its own. */
  initialRate?(schedule: S): number | undefined;
  /** Number of the phase under way: another one where the rule begins anew, takes another course, or where a rate that stands in between changes. */
  phase(schedule: S, moment: Moment): number;
  /** The rule in words, for the record. */
  rule(schedule: S, moment: Moment): string;
  /** What is wrong with settings in a schedule that holds for `length` epochs or steps; null where all is well. */
  misfit?(schedule: S, length: number): { message: string; help: string } | null;
}

/** Schemas of a schedule with these settings of its own: whole, with what it counts in and a warm-up before it, and as a part of a sequence. */
export function scheduleSchemas<T extends string, S extends z.ZodRawShape>(type: T, settings: S) {
  const own = { type: z.literal(type), ...settings };
  const per = z.enum(['epoch', 'step']).optional();
  return {
    schema: z.strictObject({ ...own, per, warmup: warmupSchema.optional() }).transform(leaveOut({ per: 'epoch' })),
    part: z.strictObject(own),
  };
}

/** `5 epochs`, `1 step`. */
export function spanWords(length: number, unit: Unit): string {
  return length === 1 ? `1 ${unit}` : `${length} ${unit}s`;
}

/** Four digits are enough in words. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
