// Groups of runs as charts take them: the course of every repeat, and what a group says of one epoch.
import { summarize } from '../ablations/analysis.ts';
import type { EpochPoint, RateChange, StepPoint } from '../web/queries/history.ts';
import type { Value } from './chart.ts';
import type { Measure } from './measures.ts';

export interface CourseOfRun {
  seed: number;
  points: EpochPoint[];
  /** Buckets of steps; empty where epochs or runs are many. */
  steps: StepPoint[];
}

export interface GroupCourse {
  /** Short enough for the end of a line. */
  label: string;
  category: number;
  runs: CourseOfRun[];
  /** Of one of its runs: repeats share them. */
  rates: RateChange[];
  stepsPerEpoch: number;
  /** Where its runs left their parents' course, in epochs: their points begin with what the parents measured there. Null for no fork. */
  forkedAt: number | null;
}

/** At an epoch, of the runs that have reached it; null where none has. NaN in one run is NaN of the mean. */
export function meanAt(group: GroupCourse, epoch: number, measure: Measure): Value {
  return meanOf(group.runs.map((run) => valueAt(run, epoch, measure)));
}

export function valueAt(run: CourseOfRun, epoch: number, measure: Measure): Value {
  const point = run.points.find((candidate) => candidate.epoch === epoch);
  return point === undefined ? null : measure.pick(point);
}

export function epochsOf(groups: GroupCourse[]): number[] {
  return rising(groups.flatMap(({ runs }) => runs.flatMap(({ points }) => points.map(({ epoch }) => epoch))));
}

/** A measure of a group along its course: at each place, in epochs, the values of the runs that have come so far. */
export function courseOf(group: GroupCourse, measure: Measure): { at: number; values: number[] }[] {
  const runs = group.runs.map((run) => new Map(seriesOf(group, run, measure)));
  return rising(runs.flatMap((run) => [...run.keys()])).map((at) => ({
    at,
    values: runs.map((run) => run.get(at) ?? null).filter((value) => value !== null),
  }));
}

/** The measure of one run: by buckets of steps where the measure has them, else by epochs. */
export function seriesOf(group: GroupCourse, run: CourseOfRun, measure: Measure): [at: number, value: Value][] {
  const { step } = measure;
  if (step !== undefined && drawnBySteps(group, measure)) return run.steps.map((point) => [point.at, step(point)]);
  return run.points.map((point) => [point.epoch, measure.pick(point)]);
}

export function drawnBySteps(group: GroupCourse, measure: Measure): boolean {
  return measure.step !== undefined && group.runs.some(({ steps }) => steps.length > 0);
}

export function meanOf(values: Value[]): Value {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : summarize(present).mean;
}

function rising(places: number[]): number[] {
  return [...new Set(places)].sort((a, b) => a - b);
}
