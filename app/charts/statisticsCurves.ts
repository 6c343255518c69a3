// Validation measured twice: with the running statistics that a served network uses, and with those of each validation batch.
// Where the curves part, the running statistics do not describe what the network sees.
import { loss, percent, points } from '../../views/format/metric.ts';
import { signed } from '../../views/format/number.ts';
import type { EpochPoint } from '../web/queries/history.ts';
import type { Chart, Value } from './chart.ts';
import { measureChart } from './comparison.ts';
import type { GroupCourse } from './groupCourse.ts';
import { linesOption } from './lines.ts';
import { validationLoss } from './measures.ts';
import type { RunCourse } from './runCurves.ts';

/** What is measured with either, as drawn and in words. */
interface Measured {
  name: string;
  title: string;
  unit: string;
  running(point: EpochPoint): Value;
  batch(point: EpochPoint): Value;
  print(value: Value): string;
  /** Batch statistics minus running ones, in words. */
  difference(by: number): string;
  /** Of a value to the number that is drawn. */
  scale: number;
  values: string;
}

const accuracy: Measured = {
  name: 'bn-validation',
  title: 'Validation with either statistics',
  unit: '%',
  running: (point) => point.valAccuracy,
  batch: (point) => point.valBatchAccuracy,
  print: percent,
  difference: (by) => `${points(by)} points`,
  scale: 100,
  values: '@fixed 1| %',
};

const lossOf: Measured = {
  name: 'bn-validation-loss',
  title: 'Validation loss with either statistics',
  unit: 'cross-entropy, nats',
  running: (point) => point.valLoss,
  batch: (point) => point.valBatchLoss,
  print: loss,
  difference: (by) => `${signed(by, 3)} nats`,
  scale: 1,
  values: '@fixed 3',
};

/** Accuracy, then loss. */
export const statisticsCharts = (course: RunCourse): Chart[] => [accuracy, lossOf].map((measured) => statisticsChart(course, measured));

function statisticsChart(course: RunCourse, { running, batch, scale, print, ...measured }: Measured): Chart {
  const last = course.points.at(-1);
  const [ran, batched] = last === undefined ? [null, null] : [running(last), batch(last)];
  const what = measured.title.replace(' with either statistics', '');
  const line = (pick: (point: EpochPoint) => Value) =>
    course.points.map((point) => {
      const value = pick(point);
      return [point.epoch, value === null ? null : value * scale] as const;
    });
  return {
    name: measured.name,
    title: measured.title,
    unit: measured.unit,
    finding:
      last === undefined
        ? `${what} with running and with batch statistics: no epoch has been measured yet`
        : `${what} at epoch ${last.epoch}: ${print(ran)} with running statistics, ${print(batched)} with batch statistics`,
    legend: [
      { text: 'running statistics', category: 1, mark: 'line' },
      { text: 'batch statistics', category: 2, mark: 'batch' },
    ],
    ...(ran === null || batched === null
      ? {}
      : { caption: `Batch statistics instead of running ones: ${measured.difference(batched - ran)} at epoch ${last!.epoch}.` }),
    shape: 'one',
    option: (size) =>
      linesOption(
        {
          curves: [
            { name: 'batch statistics', category: 2, style: 'thin', points: line(batch), label: 'batch' },
            { name: 'running statistics', category: 1, style: 'line', points: line(running), label: 'running' },
          ],
          epochs: { first: 1, last: course.epochs },
          y: { scale: 'linear', ticks: '@number', values: measured.values },
        },
        size,
      ),
    table: () => ({
      columns: ['epoch', `with running statistics, ${measured.unit}`, `with batch statistics, ${measured.unit}`],
      rows: course.points.map((_, i) => [course.points[i]!.epoch, line(running)[i]![1], line(batch)[i]![1]]),
    }),
  };
}

/** Of repeats with batch normalization: validation loss with either statistics, mean and spread. */
export function groupStatisticsChart(group: GroupCourse, epochs: number): Chart {
  const batch = {
    ...group,
    label: 'batch statistics',
    // In a report the first two colours are levels.
    category: 3,
    runs: group.runs.map((run) => ({ ...run, points: run.points.map((point) => ({ ...point, valLoss: point.valBatchLoss })) })),
  };
  const chart = measureChart([{ ...group, label: 'running statistics', category: 1 }, batch], validationLoss, { shape: 'one', epochs });
  return { ...chart, name: 'statistics-loss', title: lossOf.title };
}
