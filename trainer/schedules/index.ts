// All schedules by name.
import { type Constant, constant } from './constant.ts';
import type { ScheduleFamily } from './schedule.ts';
import { type StepLR, stepLR } from './stepLR.ts';

/** A schedule in canonical form. */
export type Schedule = Constant | StepLR;

const families: { [T in Schedule['type']]: ScheduleFamily<Extract<Schedule, { type: T }>> } = { constant, stepLR };

export const scheduleFamilies = families as unknown as Readonly<Record<Schedule['type'], ScheduleFamily<Schedule>>>;

export const scheduleSchemas = { constant: constant.schema, stepLR: stepLR.schema };

/** Learning rate during `epoch` (from 1), in double. */
export function learningRate(schedule: Schedule, lr: number, epoch: number): number {
  return scheduleFamilies[schedule.type].rate(schedule, lr, epoch);
}

/** The schedule's rule in words. */
export function scheduleRule(schedule: Schedule): string {
  return scheduleFamilies[schedule.type].rule(schedule);
}
