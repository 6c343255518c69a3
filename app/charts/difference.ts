// What groups differ by from epoch to epoch, paired by seed: the mean difference, its interval, and each pair.

import { points as printPoints } from '../../views/format/metric.ts';
import { comparePaired } from '../ablations/analysis.ts';
import type { Chart, LegendEntry } from './chart.ts';
import { epochsOf, type GroupCourse, valueAt } from './groupCourse.ts';
import { linesOption } from './lines.ts';
import { validationAccuracy } from './measures.ts';
import type { Curve } from './series.ts';

/** Each group minus the first, validation accuracy in points, by epoch, over the seeds both have. */
export function differenceChart(groups: GroupCourse[], epochs: number, options: { singles?: boolean; title?: string } = {}): Chart {
  const [baseline, ...others] = groups as [GroupCourse, ...GroupCourse[]];
  const courses = others.map((group) => ({ group, steps: differences(group, baseline) }));
  const paired = courses.some(({ steps }) => steps.some(({ interval }) => interval !== null));
  return {
    name: 'difference',
    title: options.title ?? 'Difference to the baseline',
    unit: 'points of validation accuracy, paired by seed',
    finding: `Difference to ${baseline.label} by epoch, at the last: ${
      courses.map(({ group, steps }) => `${group.label} ${printPoints((steps.at(-1)?.mean ?? Number.NaN) / 100)} points`).join('; ') ||
      'nothing to compare'
    }`,
    legend: [
      ...(paired ? [{ text: '95 % interval', category: 0, mark: 'band' } satisfies LegendEntry] : []),
      ...(options.singles ? [{ text: 'one pair', category: 0, mark: 'thin' } satisfies LegendEntry] : []),
    ],
    shape: 'one',
    option: (size) =>
      linesOption(
        {
          bands: courses.map(({ group, steps }) => ({
            category: group.category,
            points: steps.flatMap(({ epoch, interval }) => (interval === null ? [] : [[epoch, interval.low, interval.high] as const])),
          })),
          curves: [
            ...(options.singles ? courses.flatMap(({ group, steps }) => pairCurves(group, steps)) : []),
            ...courses.map(({ group, steps }): Curve => {
              const last = steps.at(-1);
              return {
                name: group.label,
                category: group.category,
                style: 'mean',
                points: steps.map(({ epoch, mean }) => [epoch, mean] as const),
                ...(last && {
                  label: others.length === 1 ? printPoints(last.mean / 100) : `${group.label} ${printPoints(last.mean / 100)}`,
                }),
              };
            }),
          ],
          epochs: { first: 1, last: epochs },
          y: { scale: 'linear', ticks: '@signed', values: '@fixed 1', zero: true },
        },
        size,
      ),
    table: () => ({
      columns: ['epoch', 'group', 'pairs', 'mean difference, points', '95 % low', '95 % high'],
      rows: courses.flatMap(({ group, steps }) =>
        steps.map(({ epoch, pairs, mean, interval }) => [
          epoch,
          group.label,
          pairs.length,
          mean,
          interval?.low ?? null,
          interval?.high ?? null,
        ]),
      ),
    }),
  };
}

type Difference = ReturnType<typeof comparePaired> & { epoch: number };

function differences(group: GroupCourse, baseline: GroupCourse): Difference[] {
  const observed = (of: GroupCourse, epoch: number) =>
    of.runs.flatMap((run) => {
      const value = valueAt(run, epoch, validationAccuracy);
      return value === null ? [] : [{ runId: '', seed: run.seed, value }];
    });
  return epochsOf([group, baseline])
    .map((epoch) => ({ epoch, ...comparePaired(observed(group, epoch), observed(baseline, epoch)) }))
    .filter(({ pairs }) => pairs.length > 0);
}

function pairCurves(group: GroupCourse, steps: Difference[]): Curve[] {
  const seeds = [...new Set(steps.flatMap(({ pairs }) => pairs.map(({ seed }) => seed)))];
  return seeds.map((seed) => ({
    name: `seed ${seed}`,
    category: group.category,
    style: 'repeat',
    points: steps.map(({ epoch, pairs }) => [epoch, pairs.find((pair) => pair.seed === seed)?.difference ?? null] as const),
  }));
}
