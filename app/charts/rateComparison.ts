// Learning rates of groups over epochs.
import { learningRate } from '../../views/format/metric.ts';
import type { Chart, LegendEntry } from './chart.ts';
import type { GroupCourse } from './groupCourse.ts';
import { linesOption } from './lines.ts';
import { type RateCurve, rateCurve, rateLabel, rateScale } from './rateCurve.ts';
import type { Curve } from './series.ts';

interface Shared {
  groups: [GroupCourse, ...GroupCourse[]];
  curve: RateCurve;
}

/** Groups whose rates took the same course share a line. */
export function rateComparison(groups: GroupCourse[], epochs: number): Chart {
  const lines = new Map<string, Shared>();
  for (const group of groups) {
    const curve = curveOf(group);
    const course = JSON.stringify([curve.points, group.rates.map(({ step, to }) => [step, to])]);
    const known = lines.get(course);
    if (known === undefined) lines.set(course, { groups: [group], curve });
    else known.groups.push(group);
  }
  const shared = [...lines.values()];
  const scale = rateScale(shared.map(({ curve }) => curve));
  const named = ({ groups: same }: Shared) => `${same.map(({ label }) => label).join(' and ')}${same.length > 1 ? ', the same' : ''}`;
  return {
    name: 'learning-rate',
    title: 'Learning rate',
    unit: scale.scale === 'log' ? 'log scale' : '',
    finding: `Learning rate by epoch: ${shared.map((same) => `${named(same)}: from ${learningRate(same.groups[0].rates[0]?.to)} to ${learningRate(same.curve.newest)}`).join('; ')}`,
    legend: shared.map((same) => ({ text: named(same), category: same.groups[0].category, mark: 'line' }) satisfies LegendEntry),
    shape: 'one',
    option: (size) =>
      linesOption(
        { curves: shared.map(lineOf), epochs: { first: 0, last: epochs }, y: { ...scale, ticks: '@rate', values: '@rate' } },
        size,
      ),
    table: () => ({
      columns: ['group', 'first step at this rate', 'learning rate', 'why'],
      rows: groups.flatMap((group) => group.rates.map((change) => [group.label, change.step, change.to, change.why])),
    }),
  };
}

/** Of the first of its runs that has come farthest: repeats share their rates. */
function curveOf({ rates, runs, stepsPerEpoch }: GroupCourse): RateCurve {
  const last = (run: GroupCourse['runs'][number]) => run.points.at(-1)?.epoch ?? 0;
  const farthest = runs.reduce((best, run) => (last(run) > last(best) ? run : best), runs[0]!);
  return rateCurve({ changes: rates, points: farthest.points, steps: farthest.steps, stepsPerEpoch });
}

function lineOf({ groups: [group, ...others], curve }: Shared): Curve {
  const label = others.length === 0 && curve.newest !== null ? group.label : rateLabel(curve);
  return {
    name: group.label,
    category: group.category,
    style: 'line',
    stepped: curve.stepped,
    points: curve.points,
    ...(label !== undefined && { label }),
  };
}
