// Everything `/ablations/:id` shows: the verdict, each factor's effect, the variants' curves, pairs, cost and runs. Declared
// ablations show runs under way as well; their statistics are over completed runs only.
import type { Comparison } from '../../ablations/analysis.ts';
import { factorLabel, levelHeading, othersOf, settingLabel } from '../../ablations/factors.ts';
import { buildGroup, type FactorGroup } from '../../ablations/groups.ts';
import { verdict } from '../../ablations/verdict.ts';
import type { Chart } from '../../charts/chart.ts';
import { type DrawnChart, drawChart } from '../../charts/draw.ts';
import { niceTicks, type Ticks } from '../../charts/ticks.ts';
import type { Json } from '../../ledger/ports.ts';
import type { AblationQueries, AblationRow, TrialRow } from '../queries/ablations.ts';
import type { GradientQueries } from '../queries/gradients.ts';
import type { HistoryQueries } from '../queries/history.ts';
import type { RunQueries, RunRow } from '../queries/runs.ts';
import { isAboutBatchNorm, subjectCharts } from './ablationCharts.ts';
import { scaledWords } from './ablationLevels.ts';
import { differenceScale } from './compare.ts';
import { type GradientFlow, readGradientFlow } from './gradientFlow.ts';

export interface AblationReads {
  ablations: AblationQueries;
  runs: RunQueries;
  history: HistoryQueries;
  gradients: GradientQueries;
}

export interface ReportLevel {
  value: Json;
  /** `with`, `without`, `lr 0.01`. */
  heading: string;
  category: number;
  /** By seed, whatever their state. */
  runs: RunRow[];
  /** Mean seconds an epoch of its completed runs. */
  epochSeconds: number | null;
  parameters: number | null;
}

/** One factor, all else equal. */
export interface ReportGroup {
  statistics: FactorGroup;
  label: string;
  /** What other factors are set to; null without others. */
  setting: string | null;
  levels: ReportLevel[];
  effects: { against: string; level: ReportLevel; comparison: Comparison; verdict: string }[];
  charts: DrawnChart[];
  /** Where the factor is batch normalization: what it does to gradients. */
  gradientFlow: GradientFlow | null;
  /** Of the pairs plot: validation accuracy in %. */
  pairsScale: Ticks;
}

export interface AblationPage {
  title: string;
  address: string;
  /** Archived runs that do not take part. */
  leftOut: number;
  declaredAt: string | null;
  groups: ReportGroup[];
  /** Of each factor with many levels: accuracy against them. */
  levels: DrawnChart[];
  /** Settings that grow with a factor, in words. */
  scaled: string[];
  /** Groups that together hold every run once: those of the first factor. */
  whole: ReportGroup[];
  runs: { completed: number; all: number; seconds: number };
  scale: Ticks;
  /** Fewest pairs of all effects. */
  pairs: number;
}

/** What a report is about, before any chart is drawn. */
export interface AblationSubject {
  title: string;
  declaredAt: string | null;
  address: string;
  query: string;
  /** Archived runs that do not take part. */
  leftOut: number;
  groups: { statistics: FactorGroup; levels: ReportLevel[] }[];
  /** Settings that grow with a factor, in words. */
  scaled: string[];
}

/** Archived runs take part where `archived` asks for them; `query` is what its address asks for besides: a moment of the past. */
export function declaredSubject(
  reads: AblationReads,
  ablation: AblationRow,
  { archived, query }: { archived: boolean; query: string },
): AblationSubject {
  const trials = reads.ablations.trials(ablation.sweepId, archived);
  const groups = ablation.factors.flatMap((factor) =>
    settingsOf(factor.path, trials).map((members) => declaredGroup(reads, factor, members)),
  );
  return {
    title: ablation.name,
    declaredAt: ablation.declaredAt,
    address: `/ablations/${ablation.id}`,
    query,
    leftOut: archived ? 0 : reads.ablations.archivedTrials(ablation.sweepId),
    groups,
    scaled: scaledWords(ablation.factors, groups),
  };
}

/** A group that nobody declared: runs in the ledger that happen to differ in one factor. */
export function foundSubject(reads: AblationReads, group: FactorGroup, query: string): AblationSubject {
  const levels = group.levels.map(({ value, observations }, index) =>
    reportLevel(
      group.path,
      value,
      index,
      observations.flatMap(({ runId }) => reads.runs.byId(runId) ?? []),
    ),
  );
  const label = factorLabel(group.path);
  return {
    title: `${label.charAt(0).toUpperCase()}${label.slice(1)} on ${group.dataset}`,
    declaredAt: null,
    address: '/ablations/found',
    query,
    leftOut: 0,
    groups: [{ statistics: group, levels }],
    scaled: [],
  };
}

/** Trials that agree in every other factor. */
function settingsOf(path: string, trials: TrialRow[]): TrialRow[][] {
  return [...Map.groupBy(trials, (trial) => JSON.stringify(othersOf(trial.assignment, path))).values()];
}

function declaredGroup(
  reads: AblationReads,
  factor: AblationRow['factors'][number],
  trials: TrialRow[],
): AblationSubject['groups'][number] {
  const runsOf = (value: Json) =>
    trials
      .filter(({ assignment }) => JSON.stringify(assignment[factor.path]) === JSON.stringify(value))
      .flatMap(({ runId }) => reads.runs.byId(runId) ?? [])
      .sort((a, b) => a.seed - b.seed);
  const members = factor.values.map((value) => ({ value, runs: runsOf(value) }));
  const statistics = buildGroup(
    factor.path,
    members.flatMap(({ runs }) => runs)[0]?.dataset ?? '',
    members.map(({ value, runs }) => ({
      value,
      observations: runs
        .filter(({ status }) => status === 'completed')
        .map((run) => ({ runId: run.id, seed: run.seed, value: run.valAccuracy ?? Number.NaN })),
    })),
    settingLabel(trials[0] === undefined ? {} : othersOf(trials[0].assignment, factor.path)),
  );
  const levels = statistics.levels.map(({ value }, index) =>
    reportLevel(factor.path, value, index, members.find((member) => member.value === value)?.runs ?? []),
  );
  return { statistics, levels };
}

function reportLevel(path: string, value: Json, index: number, runs: RunRow[]): ReportLevel {
  const completed = runs.filter(({ status, seconds, epochsDone }) => status === 'completed' && seconds !== null && epochsDone > 0);
  const total = completed.reduce((sum, run) => sum + run.seconds! / run.epochsDone, 0);
  return {
    value,
    heading: typeof value === 'boolean' ? levelHeading(value) : `${factorLabel(path)} ${levelHeading(value)}`,
    category: index + 1,
    runs,
    epochSeconds: completed.length === 0 ? null : total / completed.length,
    parameters: runs.find(({ parameters }) => parameters !== null)?.parameters ?? null,
  };
}

export function readAblationPage(reads: AblationReads, subject: AblationSubject): AblationPage {
  const draw = (chart: Chart) => drawChart(chart, { address: `${subject.address}/charts/${chart.name}`, query: subject.query });
  const charts = subjectCharts(reads, subject);
  const groups = subject.groups.map((part, index) => ({
    ...reportGroup(part),
    charts: charts.groups[index]!.map(draw),
    gradientFlow: isAboutBatchNorm(part.levels) ? readGradientFlow(reads.gradients, part.levels) : null,
  }));
  const all = new Map(groups.flatMap(({ levels }) => levels.flatMap(({ runs }) => runs.map((run) => [run.id, run] as const))));
  const comparisons = groups.flatMap(({ effects }) => effects.map(({ comparison }) => comparison));
  return {
    title: subject.title,
    declaredAt: subject.declaredAt,
    address: subject.address,
    leftOut: subject.leftOut,
    groups,
    levels: charts.levels.map(draw),
    scaled: subject.scaled,
    whole: groups.filter(({ statistics }) => statistics.path === groups[0]?.statistics.path),
    runs: {
      completed: [...all.values()].filter(({ status }) => status === 'completed').length,
      all: all.size,
      seconds: [...all.values()].reduce((sum, run) => sum + (run.seconds ?? 0), 0),
    },
    scale: differenceScale(comparisons),
    pairs: comparisons.length === 0 ? 0 : Math.min(...comparisons.map(({ pairs }) => pairs.length)),
  };
}

export function readAblationChart(reads: AblationReads, subject: AblationSubject, name: string): Chart | null {
  const { levels, groups } = subjectCharts(reads, subject);
  return [...levels, ...groups.flat()].find((chart) => chart.name === name) ?? null;
}

function reportGroup({ statistics, levels }: AblationSubject['groups'][number]): Omit<ReportGroup, 'charts' | 'gradientFlow'> {
  const [, ...others] = levels;
  const values = statistics.levels.flatMap(({ observations }) => observations.map(({ value }) => value * 100)).filter(Number.isFinite);
  return {
    statistics,
    label: factorLabel(statistics.path),
    setting: statistics.setting,
    levels,
    effects: others.map((level, index) => {
      const comparison = statistics.comparisons[index]!;
      return { against: level.heading, level, comparison, verdict: verdict(statistics, comparison) };
    }),
    pairsScale: niceTicks(Math.min(...values, 100), Math.max(...values, 0), 4),
  };
}
