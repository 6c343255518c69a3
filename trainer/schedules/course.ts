// The rates of a run's steps, and which of their changes are facts. All in closed form but for a rate that a plateau reduced.
//
// A rate that holds for whole epochs is a fact wherever it changes. One that moves from step to step is a fact where a phase of its rule begins
// (docs/contracts.md, "Changes of the rate").
import { RunledgerError } from '../errors.ts';
import { type Schedule, scheduleFamilies } from './index.ts';
import type { PlateauState } from './plateau.ts';
import { short, spanWords, type Timing, type Unit } from './schedule.ts';
import { warmupFactor } from './warmup.ts';

/** What decides the rates of a run. */
export interface Course {
  schedule: Schedule;
  /** The optimizer's own rate. */
  lr: number;
  epochs: number;
  stepsPerEpoch: number;
}

export interface RateChange {
  /** Null where the record begins. */
  from: number | null;
  to: number;
  why: string;
}

export interface EpochRates {
  /** A rate a step. */
  rates: Float64Array;
  /** By the step's place in the epoch, from 0. */
  changes: ReadonlyMap<number, RateChange>;
}

/** Phases that an epoch may name; where more of them begin in it, one fact at its first step stands for all. */
const mostChanges = 4;

interface Place {
  rate: number;
  phase: string;
  unit: Unit;
  why(): string;
}

/** Length and unit of the warm-up; of length 0 where there is none. */
function warmupSpan({ warmup, per }: Timing, stepsPerEpoch: number): { unit: Unit; length: number } {
  if (warmup?.steps !== undefined) return { unit: 'step', length: warmup.steps };
  const epochs = warmup?.epochs ?? 0;
  return per === 'step' ? { unit: 'step', length: epochs * stepsPerEpoch } : { unit: 'epoch', length: epochs };
}

/** When the schedule itself begins, in its own unit: an epoch in which a warm-up of steps ends is its first. */
function beginning(course: Pick<Course, 'schedule' | 'stepsPerEpoch'>): number {
  const { unit, length } = warmupSpan(course.schedule, course.stepsPerEpoch);
  return unit === 'step' && unitOf(course.schedule) === 'epoch' ? Math.floor(length / course.stepsPerEpoch) : length;
}

export const unitOf = ({ per }: Timing): Unit => per ?? 'epoch';

/** How long the schedule itself holds, in its unit. */
export function lengthOf(course: Course): number {
  const whole = unitOf(course.schedule) === 'step' ? course.epochs * course.stepsPerEpoch : course.epochs;
  return Math.max(0, whole - beginning(course));
}

/** Whether an epoch (from 1) counts for a schedule that watches: not those of the warm-up. */
export function isWatched(course: Course, epoch: number): boolean {
  return epoch > beginning(course);
}

/** Throws `recipe.schedule` where the schedule does not fit the length of the run. */
export function checkSchedule(course: Course): void {
  const { schedule } = course;
  const misfit = scheduleFamilies[schedule.type].misfit?.(schedule, lengthOf(course));
  if (misfit) throw new RunledgerError('recipe.schedule', misfit.message, { place: 'schedule', help: misfit.help });
}

/** At a step of the run, from 0. */
function placeAt(course: Course, step: number, plateau: PlateauState | null): Place {
  const { schedule, stepsPerEpoch } = course;
  const epoch = Math.floor(step / stepsPerEpoch);
  const warm = warmupSpan(schedule, stepsPerEpoch);
  const at = warm.unit === 'step' ? step : epoch;
  if (schedule.warmup !== undefined && at < warm.length) {
    const { startFactor } = schedule.warmup;
    const why = () => `warm-up: in a line from ${short(startFactor)} to 1 times the rate in ${spanWords(warm.length, warm.unit)}`;
    const lr = scheduleFamilies[schedule.type].initialRate?.(schedule) ?? course.lr;
    return { rate: lr * warmupFactor({ startFactor }, at, warm.length), phase: 'warm-up', unit: warm.unit, why };
  }
  const unit = unitOf(schedule);
  const t = (unit === 'step' ? step : epoch) - beginning(course);
  const moment = { lr: plateau?.rate ?? course.lr, t, length: lengthOf(course), unit };
  const family = scheduleFamilies[schedule.type];
  return {
    rate: family.rate(schedule, moment),
    phase: String(family.phase(schedule, moment)),
    unit,
    why: () => family.rule(schedule, moment),
  };
}

/** `epoch` from 1; `before` is the rate of the step before it, null where the record begins with it. */
export function epochRates(course: Course, epoch: number, before: number | null, plateau: PlateauState | null): EpochRates {
  const { stepsPerEpoch } = course;
  const first = (epoch - 1) * stepsPerEpoch;
  const rates = new Float64Array(stepsPerEpoch);
  const changes = new Map<number, RateChange>();
  const opening = placeAt(course, first, plateau);
  let last = first === 0 ? null : placeAt(course, first - 1, plateau);
  for (let i = 0; i < stepsPerEpoch; i++) {
    const place = i === 0 ? opening : placeAt(course, first + i, plateau);
    rates[i] = place.rate;
    const from = i === 0 ? before : rates[i - 1]!;
    if (from === null) changes.set(i, { from, to: place.rate, why: place.unit === 'step' ? `start, ${place.why()}` : 'start' });
    else if (begins(last, place, from)) changes.set(i, { from, to: place.rate, why: place.why() });
    last = place;
  }
  if (changes.size <= mostChanges) return { rates, changes };
  const why = `${opening.why()}; ${changes.size} such changes in this epoch`;
  return { rates, changes: new Map([[0, { from: before, to: opening.rate, why: before === null ? `start, ${why}` : why }]]) };
}

/** Whether the record names this place: where a phase of steps begins or ends, and where the rate of whole epochs changes. */
function begins(last: Place | null, place: Place, from: number): boolean {
  const ofSteps = place.unit === 'step' || last?.unit === 'step';
  return ofSteps ? last === null || last.phase !== place.phase : place.rate !== from;
}
