// Learning rates of groups over epochs.
import { learningRate } from '../../views/format/metric.ts';
import type { Chart, LegendEntry } from './chart.ts';
import { epochsOf, type GroupCourse } from './groupCourse.ts';
import { linesOption } from './lines.ts';
import type { Curve } from './series.ts';

/** Groups whose rates took the same course share a line. */
export function rateComparison(groups: GroupCourse[], epochs: number): Chart {
  const lines = new Map<string, GroupCourse[]>();
  for (const group of groups) {
    const course = JSON.stringify(group.rates.map(({ step, to }) => [step, to]));
    lines.set(course, [...(lines.get(course) ?? []), group]);
  }
  const shared = [...lines.values()];
  const rates = groups.flatMap((group) => group.rates.map(({ to }) => to)).filter((rate) => rate > 0);
  const logarithmic = rates.length > 0 && Math.max(...rates) / Math.min(...rates) >= 10;
  const named = (same: GroupCourse[]) => `${same.map(({ label }) => label).join(' and ')}${same.length > 1 ? ', the same' : ''}`;
  return {
    name: 'learning-rate',
    title: 'Learning rate',
    unit: logarithmic ? 'log scale' : '',
    finding: `Learning rate by epoch: ${shared.map((same) => `${named(same)}: from ${learningRate(same[0]!.rates[0]?.to)} to ${learningRate(same[0]!.rates.at(-1)?.to)}`).join('; ')}`,
    legend: shared.map((same) => ({ text: named(same), category: same[0]!.category, mark: 'line' }) satisfies LegendEntry),
    shape: 'one',
    option: (size) =>
      linesOption(
        {
          curves: shared.map(rateCurve),
          epochs: { first: 0, last: epochs },
          y: {
            ...(logarithmic ? { scale: 'log' } : { scale: 'linear', range: [0, Math.max(...rates, 1e-9)] }),
            ticks: '@rate',
            values: '@rate',
          },
        },
        size,
      ),
    table: () => ({
      columns: ['group', 'first step at this rate', 'learning rate', 'why'],
      rows: groups.flatMap((group) => group.rates.map((change) => [group.label, change.step, change.to, change.why])),
    }),
  };
}

function rateCurve(same: GroupCourse[]): Curve {
  const [group] = same as [GroupCourse, ...GroupCourse[]];
  const points = group.rates.map((change) => [(change.step - 1) / Math.max(1, group.stepsPerEpoch), change.to] as const);
  const reached = epochsOf(same).at(-1);
  const newest = points.at(-1);
  if (newest !== undefined && reached !== undefined && reached > newest[0]) points.push([reached, newest[1]]);
  return {
    name: group.label,
    category: group.category,
    style: 'line',
    stepped: true,
    points,
    ...(newest !== undefined && { label: same.length === 1 ? group.label : learningRate(newest[1]) }),
  };
}
