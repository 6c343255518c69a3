// Groups of runs over each other: a mean and its spread for repeats, a line for a single run, and the difference to the
// baseline paired by seed. One colour a group on the whole page.
import { comparePaired, summarize } from '../ablations/analysis.ts';
import { learningRate, accuracy as printAccuracy, loss as printLoss, points as printPoints } from '../format/metric.ts';
import type { EpochPoint, RateChange } from '../web/queries/history.ts';
import type { Chart, LegendEntry, Value } from './chart.ts';
import { extent, type LinePlot, linesOption } from './lines.ts';
import type { Band, Curve } from './series.ts';

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

export interface Measure {
  name: string;
  title: string;
  unit: string;
  /** As drawn. */
  pick(point: EpochPoint): Value;
  print(drawn: Value): string;
  values: string;
  training?: boolean;
}

const scaled = (value: Value): Value => (value === null ? null : value * 100);
const printShare = (drawn: Value): string => printAccuracy(drawn === null ? null : drawn / 100);

export const validationAccuracy: Measure = {
  name: 'validation-accuracy',
  title: 'Validation accuracy',
  unit: '%',
  pick: (point) => scaled(point.valAccuracy),
  print: printShare,
  values: '@fixed 1| %',
};
export const trainingAccuracy: Measure = {
  name: 'training-accuracy',
  title: 'Training accuracy',
  unit: '%',
  pick: (point) => scaled(point.trainAccuracy),
  print: printShare,
  values: '@fixed 1| %',
  training: true,
};
export const validationLoss: Measure = {
  name: 'validation-loss',
  title: 'Validation loss',
  unit: 'cross-entropy, nats',
  pick: (point) => point.valLoss,
  print: printLoss,
  values: '@fixed 3',
};

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
    epochs: { first: 1, last: options.epochs },
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
  const points = epochsOf([group]).map((epoch) => [epoch, meanAt(group, epoch, measure)] as const);
  const last = points.findLast(([, value]) => value !== null)?.[1] ?? null;
  return {
    name: group.label,
    category: group.category,
    style: measure.training ? 'training' : group.runs.length > 1 ? 'mean' : 'line',
    points,
    ...(last !== null && { label: `${group.label} ${measure.print(last)}` }),
  };
}

function single(group: GroupCourse, run: CourseOfRun, measure: Measure): Curve {
  return {
    name: `${group.label}, seed ${run.seed}`,
    category: group.category,
    style: 'repeat',
    points: run.points.map((point) => [point.epoch, measure.pick(point)] as const),
  };
}

/** Where two runs or more have the epoch. */
function spread(group: GroupCourse, measure: Measure): Band {
  return {
    category: group.category,
    points: epochsOf([group]).flatMap((epoch) => {
      const { mean, sd } = summarize(valuesAt(group, epoch, measure));
      return sd === null || !Number.isFinite(mean) ? [] : [[epoch, mean - sd, mean + sd] as const];
    }),
  };
}

/** Of the runs that have reached the epoch; null where none has. NaN in one run is NaN of the mean. */
function meanAt(group: GroupCourse, epoch: number, measure: Measure): Value {
  const values = valuesAt(group, epoch, measure);
  return values.length === 0 ? null : summarize(values).mean;
}

function valuesAt(group: GroupCourse, epoch: number, measure: Measure): number[] {
  return group.runs.map((run) => valueAt(run, epoch, measure)).filter((value) => value !== null);
}

function valueAt(run: CourseOfRun, epoch: number, measure: Measure): Value {
  const point = run.points.find((candidate) => candidate.epoch === epoch);
  return point === undefined ? null : measure.pick(point);
}

function epochsOf(groups: GroupCourse[]): number[] {
  return [...new Set(groups.flatMap(({ runs }) => runs.flatMap(({ points }) => points.map(({ epoch }) => epoch))))].sort((a, b) => a - b);
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
