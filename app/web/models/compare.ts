// Everything `/compare` shows: which runs were meant, their groups, final metrics against the baseline, curves and recipes.

import { address } from '../../../views/compare/address.ts';
import { points, pointsInterval } from '../../../views/format/metric.ts';
import { type Comparison, comparePaired, type Observation, type Summary, summarize } from '../../ablations/analysis.ts';
import { tooFew } from '../../ablations/verdict.ts';
import { agreementChart } from '../../charts/batchNorm.ts';
import type { Chart } from '../../charts/chart.ts';
import { measureChart, smallMultiples } from '../../charts/comparison.ts';
import { differenceChart } from '../../charts/difference.ts';
import { type DrawnChart, drawChart } from '../../charts/draw.ts';
import { trainingAccuracy, validationAccuracy, validationLoss } from '../../charts/measures.ts';
import { rateComparison } from '../../charts/rateComparison.ts';
import { niceTicks, type Ticks } from '../../charts/ticks.ts';
import type { BatchNormLayer, BatchNormQueries } from '../queries/batchNorm.ts';
import type { HistoryQueries } from '../queries/history.ts';
import type { RunQueries, RunRow } from '../queries/runs.ts';
import { coursesOf, plannedEpochs } from './courses.ts';
import { type DifferenceRow, recipeDifference } from './difference.ts';
import { type Fork, forkOf } from './forks.ts';
import { groupRuns, type RunGroup } from './groups.ts';
import { trackedLayers } from './trackedLayers.ts';

export interface CompareReads {
  runs: RunQueries;
  history: HistoryQueries;
  batchNorm: BatchNormQueries;
}

/** The state of the page, as it stands in its address. */
export interface CompareView {
  /** As typed: ids, starts of ids or names, separated by commas. */
  runs: string;
  /** Id of a run of the baseline's group. */
  baseline: string | null;
  epoch: 'last' | 'best';
  /** As of the event at this position; null is now. */
  at: number | null;
  apart: boolean;
  allSettings: boolean;
  layer: string | null;
}

export interface GroupMetric {
  summary: Summary;
  /** To the baseline, paired by seed; null for the baseline itself and where no seed is shared. */
  difference: Comparison | null;
}

export type MetricName = 'valAccuracy' | 'testAccuracy' | 'valLoss' | 'gap' | 'seconds' | 'parameters';

export interface ComparedGroup extends RunGroup {
  /** How many of its runs the metrics are over: the completed ones, or all while none is. */
  measured: number;
  metrics: Record<MetricName, GroupMetric>;
}

export interface ComparePage {
  view: CompareView;
  groups: ComparedGroup[];
  /** What could not be understood of the runs asked for. */
  problems: string[];
  /** Which groups are forks, and of what. */
  forks: Fork[];
  inShort: string[];
  /** Points, for the plot of differences. */
  scale: Ticks;
  charts: DrawnChart[];
  recipe: DifferenceRow[];
  batchNorm: { layers: BatchNormLayer[]; layer: string; charts: DrawnChart[] } | null;
}

/** Beyond these a comparison is not read any more, and asks to be narrowed. */
const mostRuns = 60;
/** Lines in one chart; more become small multiples. */
const mostLines = 5;

export function readComparePage(reads: CompareReads, view: CompareView): ComparePage {
  const { runs, problems } = resolveRuns(reads.runs, view.runs);
  const members = groupRuns(runs, { baseline: view.baseline, apart: view.apart });
  const groups = members.map((group) => compareGroup(group, members[0]!, view.epoch));
  const query = address(view).slice('/compare'.length);
  const draw = (chart: Chart) => drawChart(chart, { address: `/compare/charts/${chart.name}`, query });
  const norm = groups.length === 0 ? null : compareBatchNorm(reads, groups, view.layer);
  return {
    view,
    groups,
    problems,
    forks: groups.flatMap((group) => forkOf(reads.runs, group, groups)),
    inShort: inShort(groups),
    scale: differenceScale(groups.map(({ metrics }) => metrics.valAccuracy.difference)),
    charts: groups.length === 0 ? [] : compareCharts(reads, groups).map(draw),
    recipe: recipeDifference(groups),
    batchNorm: norm && { layers: norm.layers, layer: norm.layer, charts: norm.charts.map(draw) },
  };
}

/** One chart of the comparison by its name, for its table and files. */
export function readCompareChart(reads: CompareReads, view: CompareView, name: string): Chart | null {
  const { runs } = resolveRuns(reads.runs, view.runs);
  const groups = groupRuns(runs, { baseline: view.baseline, apart: view.apart });
  if (groups.length === 0) return null;
  const charts = name.startsWith('bn-') ? (compareBatchNorm(reads, groups, view.layer)?.charts ?? []) : compareCharts(reads, groups);
  return charts.find((chart) => chart.name === name) ?? null;
}

export function resolveRuns(queries: RunQueries, text: string): { runs: RunRow[]; problems: string[] } {
  const chosen = new Map<string, RunRow>();
  const problems: string[] = [];
  for (const reference of new Set(text.split(',').map((part) => part.trim()))) {
    if (reference === '' || chosen.size > mostRuns) continue;
    const found = queries.find(reference, mostRuns + 1);
    if (found.length === 0) problems.push(`There is no run “${reference}”.`);
    else if (found.length > 1 && found.some(({ name }) => name !== reference))
      problems.push(`“${reference}” is the start of ${found.length > mostRuns ? 'many' : found.length} ids: give more digits.`);
    else for (const run of found) chosen.set(run.id, run);
  }
  const runs = [...chosen.values()];
  if (runs.length > mostRuns) problems.push(`${runs.length} runs are too many to lay over each other: the first ${mostRuns} are shown.`);
  return { runs: runs.slice(0, mostRuns), problems };
}

const readers: Record<MetricName, (run: RunRow, epoch: CompareView['epoch']) => number | null> = {
  valAccuracy: (run, epoch) => (epoch === 'best' ? run.bestValAccuracy : run.valAccuracy),
  testAccuracy: (run, epoch) => (epoch === 'best' ? run.bestTestAccuracy : run.testAccuracy),
  valLoss: (run, epoch) => (epoch === 'best' ? run.bestValLoss : run.valLoss),
  gap: (run) => (run.trainAccuracy === null || run.valAccuracy === null ? null : run.trainAccuracy - run.valAccuracy),
  seconds: (run) => run.seconds,
  parameters: (run) => run.parameters,
};

/** A run under way is no repeat of a completed one: differences are between completed runs only. */
function compareGroup(group: RunGroup, baseline: RunGroup, epoch: CompareView['epoch']): ComparedGroup {
  const completed = completedOf(group);
  const runs = completed.length > 0 ? completed : group.runs;
  const one = (name: MetricName): GroupMetric => {
    const own = observe(completed, name, epoch);
    const difference = group === baseline ? null : comparePaired(own, observe(completedOf(baseline), name, epoch));
    return {
      summary: summarize(observe(runs, name, epoch).map(({ value }) => value)),
      difference: difference !== null && difference.pairs.length > 0 ? difference : null,
    };
  };
  const metrics = Object.fromEntries((Object.keys(readers) as MetricName[]).map((name) => [name, one(name)]));
  return { ...group, measured: runs.length, metrics: metrics as ComparedGroup['metrics'] };
}

const completedOf = ({ runs }: RunGroup): RunRow[] => runs.filter(({ status }) => status === 'completed');

function observe(runs: readonly RunRow[], name: MetricName, epoch: CompareView['epoch']): Observation[] {
  return runs.flatMap((run) => {
    const value = readers[name](run, epoch);
    return value === null ? [] : [{ runId: run.id, seed: run.seed, value }];
  });
}

/** Round ends in points that hold every interval, pair and zero. */
export function differenceScale(differences: (Comparison | null)[]): Ticks {
  const values = differences
    .flatMap((difference) =>
      difference === null ? [] : [difference.interval?.low, difference.interval?.high, ...difference.pairs.map((pair) => pair.difference)],
    )
    .filter((value): value is number => value !== undefined && Number.isFinite(value))
    .map((value) => value * 100);
  return niceTicks(Math.min(-1, ...values), Math.max(1, ...values), 8);
}

function inShort(groups: ComparedGroup[]): string[] {
  const [baseline, ...others] = groups;
  if (baseline === undefined) return [];
  const paired = others.filter(({ metrics }) => metrics.valAccuracy.difference !== null);
  return (paired.length > 0 ? paired : others).slice(0, 3).map((group) => {
    const difference = group.metrics.valAccuracy.difference;
    if (difference === null) return `${group.name} shares no completed seed with ${baseline.name} yet.`;
    const few = tooFew(difference.pairs.length);
    const size = `${group.name}: ${points(difference.mean)} points of validation accuracy against ${baseline.name}`;
    if (few !== null) return `${size} as seen so far; ${few}.`;
    return `${size} (95 % interval ${pointsInterval(difference.interval!.low, difference.interval!.high)}, ${difference.pairs.length} pairs)${difference.evidence === 'undecided' ? ', which does not settle it' : ''}.`;
  });
}

function compareCharts(reads: CompareReads, groups: readonly RunGroup[]): Chart[] {
  const courses = coursesOf(reads, groups);
  const epochs = plannedEpochs(groups);
  if (groups.length > mostLines) return smallMultiples(courses, validationAccuracy, epochs);
  return [
    measureChart(courses, validationAccuracy, { shape: 'wide', epochs }),
    measureChart(courses, trainingAccuracy, { shape: 'one', epochs }),
    measureChart(courses, validationLoss, { shape: 'one', epochs }),
    rateComparison(courses, epochs),
    ...(groups.length > 1 ? [differenceChart(courses, epochs)] : []),
  ];
}

/** Batch against running variance of up to three groups that have batch normalization, each by its first run. */
function compareBatchNorm(
  reads: CompareReads,
  groups: readonly RunGroup[],
  asked: string | null,
): { layers: BatchNormLayer[]; layer: string; charts: Chart[] } | null {
  const normed = groups.filter((group) => group.runs[0]?.batchNorm).slice(0, 3);
  const layers = normed[0] === undefined ? [] : trackedLayers(reads.batchNorm, normed[0].runs[0]!);
  const layer = layers.find((candidate) => candidate.layer === asked) ?? layers[0];
  if (layer === undefined) return null;
  const charts = normed.flatMap((group, index) => {
    const own = trackedLayers(reads.batchNorm, group.runs[0]!).find((candidate) => candidate.layer === layer.layer);
    const history = own && reads.batchNorm.history(group.runs[0]!.id, own);
    return history
      ? [
          agreementChart(history, {
            name: `bn-agreement-${index + 1}`,
            title: group.runs.length > 1 ? `${group.label}, seed ${group.runs[0]!.seed}` : group.label,
            category: group.category,
          }),
        ]
      : [];
  });
  return charts.length === 0 ? null : { layers, layer: layer.layer, charts };
}
