// Groups of runs over each other: a mean and its spread for repeats, a line for a single run. One colour a group on the whole page.
import { summarize } from '../ablations/analysis.ts';
import type { Chart, LegendEntry } from './chart.ts';
import { type CourseOfRun, courseOf, drawnBySteps, epochsOf, type GroupCourse, meanAt, meanOf, seriesOf, valueAt } from './groupCourse.ts';
import { extent, type LinePlot, linesOption } from './lines.ts';
import type { Measure } from './measures.ts';
import type { Band, Curve } from './series.ts';

export interface MeasureOptions {
  shape: Chart['shape'];
  epochs: number;
  /** Each run as a pale line under its mean. */
  singles?: boolean;
}

export function measureChart(groups: GroupCourse[], measure: Measure, options: MeasureOptions): Chart {
  const plot = measurePlot(groups, measure, options);
  const folded = groups.some(({ runs }) => runs.length > 1);
  return {
    name: measure.name,
    title: measure.title,
    unit: measure.unit,
    finding: finding(groups, measure),
    legend: [
      ...groups.map(
        (group) =>
          ({
            text: groupText(group),
            category: group.category,
            mark: measure.training ? 'training' : folded ? 'mean' : 'line',
          }) satisfies LegendEntry,
      ),
      ...(folded ? [{ text: 'mean ± sd', category: 0, mark: 'band' } satisfies LegendEntry] : []),
      ...groups.flatMap((group) =>
        'ring' in ringOf(group, measure)
          ? [{ text: `fork at epoch ${group.forkedAt}`, category: group.category, mark: 'hollow' } satisfies LegendEntry]
          : [],
      ),
      ...(folded && options.singles ? [{ text: 'one seed', category: 0, mark: 'thin' } satisfies LegendEntry] : []),
    ],
    shape: options.shape,
    option: (size) => linesOption(plot, size),
    table: () => ({
      columns: ['epoch', ...groups.flatMap(({ label, runs }) => runs.map(({ seed }) => `${label}, seed ${seed}`))],
      rows: epochsOf(groups).map((epoch) => [epoch, ...groups.flatMap(({ runs }) => runs.map((run) => valueAt(run, epoch, measure)))]),
    }),
  };
}

const groupText = ({ label, runs }: GroupCourse): string => (runs.length > 1 ? `${label}, mean of ${runs.length}` : label);

function measurePlot(groups: GroupCourse[], measure: Measure, options: MeasureOptions): LinePlot {
  return {
    bands: groups.flatMap((group) => (group.runs.length > 1 ? [spread(group, measure)] : [])),
    curves: [
      ...(options.singles
        ? groups.flatMap((group) => (group.runs.length > 1 ? group.runs.map((run) => single(group, run, measure)) : []))
        : []),
      ...groups.map((group) => meanCurve(group, measure)),
    ],
    epochs: { first: groups.some((group) => drawnBySteps(group, measure)) ? 0 : 1, last: options.epochs },
    y: { scale: 'linear', ticks: '@number', values: measure.values },
  };
}

/** More lines than colours can carry: a small chart a group, on one scale, the baseline grey in each. */
export function smallMultiples(groups: GroupCourse[], measure: Measure, epochs: number): Chart[] {
  const all = measurePlot(groups, measure, { shape: 'one', epochs });
  const range = extent(all);
  const [baseline] = groups;
  return groups.map((group, index) => {
    const behind = index === 0 || baseline === undefined ? [] : [{ ...baseline, category: 0 }];
    const chart = measureChart(
      [...behind, group],
      { ...measure, name: `${measure.name}-${index + 1}`, title: group.label },
      { shape: 'one', epochs },
    );
    const plot = measurePlot([...behind, group], measure, { shape: 'one', epochs });
    return {
      ...chart,
      unit: `${measure.title.toLowerCase()}, ${measure.unit}`,
      option: (size) => linesOption({ ...plot, y: { ...plot.y, range } }, size),
    };
  });
}

function meanCurve(group: GroupCourse, measure: Measure): Curve {
  const points = courseOf(group, measure).map(({ at, values }) => [at, meanOf(values)] as const);
  const epoch = epochsOf([group]).at(-1);
  // What an epoch measured says more than its last steps.
  const last = epoch === undefined ? (points.at(-1)?.[1] ?? null) : meanAt(group, epoch, measure);
  return {
    name: group.label,
    category: group.category,
    style: measure.training ? 'training' : group.runs.length > 1 ? 'mean' : 'line',
    points,
    ...(last !== null && { label: `${group.label} ${measure.print(last)}` }),
    ...ringOf(group, measure),
  };
}

/** Where a fork leaves its parent's line. */
function ringOf(group: GroupCourse, measure: Measure): Pick<Curve, 'ring'> {
  const value = group.forkedAt === null || drawnBySteps(group, measure) ? null : meanAt(group, group.forkedAt, measure);
  return group.forkedAt === null || value === null || !Number.isFinite(value) ? {} : { ring: [group.forkedAt, value] };
}

function single(group: GroupCourse, run: CourseOfRun, measure: Measure): Curve {
  return {
    name: `${group.label}, seed ${run.seed}`,
    category: group.category,
    style: 'repeat',
    points: seriesOf(group, run, measure),
  };
}

/** Where two runs or more have come. */
function spread(group: GroupCourse, measure: Measure): Band {
  return {
    category: group.category,
    points: courseOf(group, measure).flatMap(({ at, values }) => {
      const { mean, sd } = summarize(values);
      return sd === null || !Number.isFinite(mean) ? [] : [[at, mean - sd, mean + sd] as const];
    }),
  };
}

function finding(groups: GroupCourse[], measure: Measure): string {
  const ends = groups.flatMap((group) => {
    const epoch = epochsOf([group]).at(-1);
    if (epoch === undefined) return [];
    return [
      `${group.label} ${measure.print(meanAt(group, epoch, measure))}${measure.unit === '%' ? ' %' : ''}${group.runs.length > 1 ? `, mean of ${group.runs.length}` : ''}`,
    ];
  });
  if (ends.length === 0) return `${measure.title}: no epoch has been measured yet`;
  return `${measure.title} by epoch, at the last: ${ends.join('; ')}`;
}
