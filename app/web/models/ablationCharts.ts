// The charts of an ablation's report: the curves of each group, and accuracy against the levels of a factor with many.
import type { Chart } from '../../charts/chart.ts';
import { measureChart } from '../../charts/comparison.ts';
import { differenceChart } from '../../charts/difference.ts';
import type { GroupCourse } from '../../charts/groupCourse.ts';
import { levelsChart } from '../../charts/levels.ts';
import { trainingAccuracy, validationAccuracy, validationLoss } from '../../charts/measures.ts';
import { groupStatisticsChart } from '../../charts/statisticsCurves.ts';
import type { AblationReads, AblationSubject, ReportLevel } from './ablation.ts';
import { levelsPlots } from './ablationLevels.ts';
import { coursesOf, plannedEpochs } from './courses.ts';

type Group = AblationSubject['groups'][number];

/** With more groups only the first factor's are drawn, by their validation accuracy. */
const mostDrawnWhole = 3;

/** `groups` in the order of the subject's. */
export function subjectCharts(reads: AblationReads, subject: AblationSubject): { levels: Chart[]; groups: Chart[][] } {
  const first = subject.groups[0]?.statistics.path;
  const brief = subject.groups.length > mostDrawnWhole;
  return {
    levels: levelsPlots(subject.groups).map((plot, index) => numbered(levelsChart(plot), index)),
    groups: subject.groups.map((group, index) => {
      const charts = brief && group.statistics.path !== first ? [] : groupCharts(reads, group, brief);
      return charts.map((chart) => numbered(chart, index));
    }),
  };
}

/** Names are addresses: the first group's are plain. */
const numbered = (chart: Chart, index: number): Chart => (index === 0 ? chart : { ...chart, name: `${chart.name}-${index + 1}` });

function groupCharts(reads: AblationReads, { statistics, levels }: Group, brief: boolean): Chart[] {
  const courses: GroupCourse[] = coursesOf(
    reads,
    levels
      .filter(({ runs }) => runs.length > 0)
      .map((level) => ({ name: level.heading, label: level.heading, category: level.category, runs: level.runs })),
  );
  if (courses.length === 0) return [];
  const epochs = plannedEpochs(levels);
  if (brief) {
    const chart = measureChart(courses, validationAccuracy, { shape: 'one', epochs });
    return [{ ...chart, title: `Validation accuracy, ${statistics.setting}` }];
  }
  const [reference, ...others] = courses as [GroupCourse, ...GroupCourse[]];
  return [
    measureChart(courses, validationAccuracy, { shape: 'wide', epochs, singles: true }),
    ...(others.length === 1
      ? [differenceChart([others[0]!, reference], epochs, { singles: true, title: `Difference, ${reference.label} − ${others[0]!.label}` })]
      : []),
    measureChart(courses, trainingAccuracy, { shape: 'one', epochs }),
    measureChart(courses, validationLoss, { shape: 'one', epochs, singles: true }),
    ...statisticsOf(levels, courses, epochs),
  ];
}

/** Some levels have batch normalization, others not. */
export function isAboutBatchNorm(levels: readonly ReportLevel[]): boolean {
  const runs = levels.flatMap((level) => level.runs);
  return runs.some(({ batchNorm }) => batchNorm) && runs.some(({ batchNorm }) => !batchNorm);
}

/** What training and inference do differently, of the levels with batch normalization. */
function statisticsOf(levels: readonly ReportLevel[], courses: readonly GroupCourse[], epochs: number): Chart[] {
  if (!isAboutBatchNorm(levels)) return [];
  const [level] = levels.filter(({ runs }) => runs.some(({ batchNorm }) => batchNorm));
  const course = courses.find(({ category }) => category === level?.category);
  return course === undefined ? [] : [groupStatisticsChart(course, epochs)];
}
