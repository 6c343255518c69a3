// Groups of runs as charts take them: the course of every repeat, and what a group says of one epoch.
import { summarize } from '../ablations/analysis.ts';
import type { EpochPoint, RateChange } from '../web/queries/history.ts';
import type { Value } from './chart.ts';
import type { Measure } from './measures.ts';

export interface CourseOfRun {
  seed: number;
  points: EpochPoint[];
}

export interface GroupCourse {
  /** Short enough for the end of a line. */
  label: string;
  category: number;
  runs: CourseOfRun[];
  /** Of one of its runs: repeats share them. */
  rates: RateChange[];
  stepsPerEpoch: number;
}

/** Of the runs that have reached the epoch; null where none has. NaN in one run is NaN of the mean. */
export function meanAt(group: GroupCourse, epoch: number, measure: Measure): Value {
  const values = valuesAt(group, epoch, measure);
  return values.length === 0 ? null : summarize(values).mean;
}

export function valuesAt(group: GroupCourse, epoch: number, measure: Measure): number[] {
  return group.runs.map((run) => valueAt(run, epoch, measure)).filter((value) => value !== null);
}

export function valueAt(run: CourseOfRun, epoch: number, measure: Measure): Value {
  const point = run.points.find((candidate) => candidate.epoch === epoch);
  return point === undefined ? null : measure.pick(point);
}

export function epochsOf(groups: GroupCourse[]): number[] {
  return [...new Set(groups.flatMap(({ runs }) => runs.flatMap(({ points }) => points.map(({ epoch }) => epoch))))].sort((a, b) => a - b);
}
