// The courses of groups as charts take them: every run's epochs, its steps where runs are few, and where a fork left its parent.
import type { GroupCourse } from '../../charts/groupCourse.ts';
import type { EpochPoint, HistoryQueries } from '../queries/history.ts';
import type { RunRow } from '../queries/runs.ts';
import type { RunGroup } from './groups.ts';

const pointsPerRun = 120;
/** Training curves of more runs are drawn by epochs. */
const mostRunsBySteps = 12;

interface CourseReads {
  history: HistoryQueries;
}

export function coursesOf(reads: CourseReads, groups: readonly RunGroup[]): GroupCourse[] {
  const few = groups.reduce((sum, { runs }) => sum + runs.length, 0) <= mostRunsBySteps;
  return groups.map((group) => ({
    label: group.label,
    category: group.category,
    runs: group.runs.map((run) => ({
      seed: run.seed,
      points: [...parentPoint(reads, run), ...reads.history.epochs(run.id, pointsPerRun)],
      steps: few ? reads.history.steps(run) : [],
    })),
    rates: reads.history.rates(group.runs[0]!.id),
    stepsPerEpoch: group.runs[0]!.stepsPerEpoch,
    forkedAt: group.runs[0]!.parentEpoch,
  }));
}

/** A fork's curve begins on its parent's, where that is in this ledger. */
function parentPoint({ history }: CourseReads, { parentRunId, parentEpoch }: RunRow): EpochPoint[] {
  const point = parentRunId === null || parentEpoch === null ? null : history.epoch(parentRunId, parentEpoch);
  return point === null ? [] : [point];
}

export const plannedEpochs = (groups: readonly Pick<RunGroup, 'runs'>[]): number =>
  Math.max(1, ...groups.flatMap(({ runs }) => runs.map(({ epochs }) => epochs)));
