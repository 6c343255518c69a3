// Validation measured twice: with the running statistics that a served network uses, and with those of each validation batch.
// Where the curves part, the running statistics do not describe what the network sees.
import { percent, points } from '../../views/format/metric.ts';
import type { Chart } from './chart.ts';
import { linesOption } from './lines.ts';
import type { RunCourse } from './runCurves.ts';

export function statisticsChart(course: RunCourse): Chart {
  const last = course.points.at(-1);
  const difference = last?.valAccuracy == null || last.valBatchAccuracy == null ? null : last.valBatchAccuracy - last.valAccuracy;
  const scaled = (value: number | null) => (value === null ? null : value * 100);
  return {
    name: 'bn-validation',
    title: 'Validation with either statistics',
    unit: '%',
    finding:
      last === undefined
        ? 'Validation accuracy with running and with batch statistics: no epoch has been measured yet'
        : `Validation accuracy at epoch ${last.epoch}: ${percent(last.valAccuracy)} with running statistics, ${percent(last.valBatchAccuracy)} with batch statistics`,
    legend: [
      { text: 'running statistics', category: 1, mark: 'line' },
      { text: 'batch statistics', category: 2, mark: 'batch' },
    ],
    ...(difference === null
      ? {}
      : { caption: `Batch statistics instead of running ones: ${points(difference)} points at epoch ${last!.epoch}.` }),
    shape: 'one',
    option: (size) =>
      linesOption(
        {
          curves: [
            {
              name: 'batch statistics',
              category: 2,
              style: 'thin',
              points: course.points.map((p) => [p.epoch, scaled(p.valBatchAccuracy)] as const),
              label: 'batch',
            },
            {
              name: 'running statistics',
              category: 1,
              style: 'line',
              points: course.points.map((p) => [p.epoch, scaled(p.valAccuracy)] as const),
              label: 'running',
            },
          ],
          epochs: { first: 1, last: course.epochs },
          y: { scale: 'linear', ticks: '@number', values: '@fixed 1| %' },
        },
        size,
      ),
    table: () => ({
      columns: ['epoch', 'with running statistics, %', 'with batch statistics, %', 'loss, running statistics', 'loss, batch statistics'],
      rows: course.points.map((p) => [p.epoch, scaled(p.valAccuracy), scaled(p.valBatchAccuracy), p.valLoss, p.valBatchLoss]),
    }),
  };
}
