// Everything `/runs/:id` shows, read and drawn: the page's read model. The words and the layout are the view's.

import { everyLayer, type RecordedLayer } from '../../../trainer/index.ts';
import {
  agreementChart,
  apartFrom,
  type ChannelGap,
  channelGaps,
  distance,
  meanHeatChart,
  ratioHeatChart,
  runningChart,
} from '../../charts/batchNorm.ts';
import type { Chart } from '../../charts/chart.ts';
import { type ClassFigures, classFigures, confusionChart, type LargestError, largestError } from '../../charts/confusion.ts';
import { type DrawnChart, drawChart } from '../../charts/draw.ts';
import { accuracyChart, learningRateChart, lossChart, type RunCourse } from '../../charts/runCurves.ts';
import { statisticsChart } from '../../charts/statisticsCurves.ts';
import type { MeasurementQueries } from '../../runs/measurements.ts';
import type { BatchNormHistory, BatchNormLayer, BatchNormQueries } from '../queries/batchNorm.ts';
import type { EventQueries, EventRow } from '../queries/events.ts';
import { type CheckpointRow, type HistoryQueries, mostPoints, type RateChange } from '../queries/history.ts';
import type { LayerRow } from '../queries/layers.ts';
import type { RunQueries, RunRow } from '../queries/runs.ts';
import { eventWords } from './eventWords.ts';
import { type MeasuredPart, readMeasured } from './measured.ts';
import { momentOf } from './moment.ts';
import { layerWords, settings } from './recipeWords.ts';

export interface RunReads {
  runs: RunQueries;
  history: HistoryQueries;
  batchNorm: BatchNormQueries;
  events: EventQueries;
  layers: { layers(runId: string): LayerRow[] };
  measurements: MeasurementQueries;
}

/** The state of the page, as it stands in its address. */
export interface RunView {
  /** A batch-norm layer's name; the first where it is null or unknown. */
  layer: string | null;
  /** Event type to show, null for all. */
  type: string | null;
  /** Events below this version. */
  before: number;
  /** As of this event of the run; null is now. */
  at: number | null;
}

export interface RunPage {
  run: RunRow;
  view: RunView;
  /** Milliseconds since 1970. */
  now: number;
  repeats: { runs: number; meanBest: number | null };
  curves: DrawnChart[];
  rates: RateChange[];
  checkpoints: CheckpointRow[];
  environment: [term: string, words: string][];
  batchNorm: BatchNormPart | null;
  predictions: { chart: DrawnChart; classes: ClassFigures[]; epoch: number; images: number; error: LargestError | null } | null;
  /** What was measured after the fact. */
  measured: MeasuredPart[];
  settings: [term: string, words: string][];
  layers: (LayerRow & { words: string })[];
  events: { rows: (EventRow & { words: string })[]; older: boolean; counts: { type: string; count: number }[] };
  timebar: Timebar;
}

export interface Timebar {
  /** The event shown, and the newest. */
  version: number;
  newest: number;
  /** Where the learning rate changed, and where checkpoints were taken. */
  rates: number[];
  checkpoints: number[];
}

export interface BatchNormPart {
  layers: BatchNormLayer[];
  layer: BatchNormLayer;
  charts: DrawnChart[];
  /** Furthest apart first, the few that a table shows. */
  gaps: ChannelGap[];
  apart: number;
  epoch: number;
  momentum: number | null;
}

const gapsShown = 6;

export function readRunPage(reads: RunReads, now: RunRow, view: RunView, clock: number): RunPage {
  const { run, upTo, course, rates } = readUpTo(reads, now, view.at);
  const draw = drawer(run, view);
  const newest = reads.events.newest(run.id);
  const confusion = reads.history.confusion(run.id, upTo.epoch);
  const started = reads.events.first(run.id, 'RunStarted');
  const network = everyLayer((run.recipe.network ?? []) as RecordedLayer[]);
  const events = reads.events.page(run.id, { ...view, before: Math.min(view.before, upTo.version + 1) });
  return {
    run,
    view,
    now: clock,
    repeats: reads.runs.repeats(run.configId),
    curves: [accuracyChart(course), lossChart(course), learningRateChart(course, rates)].map(draw),
    rates,
    checkpoints: reads.history.checkpoints(run.id, upTo.step),
    environment: environment(run, started?.measured ?? {}),
    batchNorm: readBatchNorm(reads, run, course, view.layer, upTo, draw),
    predictions: confusion && {
      chart: draw(confusionChart(confusion)),
      classes: classFigures(confusion),
      epoch: confusion.epoch,
      images: confusion.counts.flat().reduce((sum, value) => sum + value, 0),
      error: largestError(confusion),
    },
    measured: readMeasured(reads.measurements, run.id),
    settings: settings(run.recipe),
    layers: reads.layers.layers(run.id).map((layer) => ({
      ...layer,
      words: layerWords(
        network.find(({ name }) => name === layer.name),
        { input: layer.input[0], output: layer.output[0] },
      ),
    })),
    events: {
      rows: events.rows.map((event) => ({ ...event, words: eventWords(event) })),
      older: events.older,
      counts: reads.events.counts(run.id, upTo.version),
    },
    timebar: {
      version: Math.min(upTo.version, newest),
      newest,
      rates: reads.events.versions(run.id, 'LearningRateChanged'),
      checkpoints: reads.events.versions(run.id, 'CheckpointTaken'),
    },
  };
}

const everything = {
  version: Number.MAX_SAFE_INTEGER,
  epoch: Number.MAX_SAFE_INTEGER,
  step: Number.MAX_SAFE_INTEGER,
  batchNormEpoch: Number.MAX_SAFE_INTEGER,
  rateStep: Number.MAX_SAFE_INTEGER,
};
type Bounds = typeof everything;

/** The run, its curves and its rates, as of an event or as they stand. */
function readUpTo(reads: RunReads, now: RunRow, at: number | null): { run: RunRow; upTo: Bounds; course: RunCourse; rates: RateChange[] } {
  const moment = momentOf(reads.events, now, at);
  const upTo = moment ?? everything;
  const run = moment?.run ?? now;
  const { epochs, stepsPerEpoch, bestEpoch } = run;
  return {
    run,
    upTo,
    rates: reads.history.rates(run.id).filter(({ step }) => step <= upTo.rateStep),
    course: {
      epochs,
      stepsPerEpoch,
      bestEpoch,
      points: reads.history.epochs(run.id, mostPoints, upTo.epoch),
      steps: reads.history.steps(run).filter(({ at: place }) => place * stepsPerEpoch <= upTo.step),
    },
  };
}

/** Draws for the page: the address of a chart carries the layer and the moment it is of. */
function drawer(run: RunRow, { layer, at }: RunView): (chart: Chart) => DrawnChart {
  const query = new URLSearchParams();
  if (layer !== null) query.set('layer', layer);
  if (at !== null) query.set('at', String(at));
  const text = query.toString();
  return (chart) => drawChart(chart, { address: chartAddress(run.id, chart.name), query: text === '' ? '' : `?${text}` });
}

function readBatchNorm(
  reads: RunReads,
  run: RunRow,
  course: RunCourse,
  asked: string | null,
  upTo: Bounds,
  draw: (chart: Chart) => DrawnChart,
): BatchNormPart | null {
  const layers = reads.batchNorm.layers(run.id);
  const layer = chosenLayer(layers, asked);
  const history = layer === null ? null : reads.batchNorm.history(run.id, layer, Math.min(upTo.epoch, upTo.batchNormEpoch));
  if (layer === null || history === null) return null;
  const gaps = channelGaps(history);
  const settings = everyLayer((run.recipe.network ?? []) as RecordedLayer[]).find(({ name }) => name === layer.layer);
  return {
    layers,
    layer,
    charts: [...batchNormCharts(history, run.epochs), statisticsChart(course)].map(draw),
    gaps: gaps.slice(0, gapsShown),
    apart: gaps.filter(({ ratio }) => distance(ratio) > Math.log2(apartFrom)).length,
    epoch: history.epochs.at(-1)!,
    momentum: typeof settings?.momentum === 'number' ? settings.momentum : null,
  };
}

function batchNormCharts(history: BatchNormHistory, planned: number): Chart[] {
  return [
    runningChart(history, 'mean', planned),
    runningChart(history, 'variance', planned),
    meanHeatChart(history),
    ratioHeatChart(history),
    agreementChart(history, { name: 'bn-agreement', title: 'Batch against running variance', category: 1 }),
  ];
}

function chosenLayer(layers: BatchNormLayer[], asked: string | null): BatchNormLayer | null {
  return layers.find(({ layer }) => layer === asked) ?? layers[0] ?? null;
}

/** One chart of a run by its name, for its table and files; null where the run has no such chart. */
export function readRunChart(reads: RunReads, now: RunRow, name: string, { layer, at }: Pick<RunView, 'layer' | 'at'>): Chart | null {
  const { run, upTo, course, rates } = readUpTo(reads, now, at);
  if (name === 'confusion') {
    const confusion = reads.history.confusion(run.id, upTo.epoch);
    return confusion && confusionChart(confusion);
  }
  const curves = [accuracyChart(course), lossChart(course), learningRateChart(course, rates), statisticsChart(course)];
  const curve = curves.find((chart) => chart.name === name);
  if (curve !== undefined) return curve;
  const chosen = chosenLayer(reads.batchNorm.layers(run.id), layer);
  const history = chosen && reads.batchNorm.history(run.id, chosen, Math.min(upTo.epoch, upTo.batchNormEpoch));
  return (history && batchNormCharts(history, run.epochs).find((chart) => chart.name === name)) ?? null;
}

export function chartAddress(runId: string, name: string): string {
  return `/runs/${runId}/charts/${name}`;
}

function environment(run: RunRow, measured: Record<string, unknown>): [string, string][] {
  const known = (term: string, value: unknown): [string, string][] =>
    value === undefined || value === null || value === '' ? [] : [[term, String(value)]];
  return [
    ...known('runledger', measured.runledger),
    ...known('node', measured.node === undefined ? undefined : `${measured.node}, V8 ${measured.v8}`),
    ...known('system', measured.os === undefined ? undefined : `${measured.os} ${measured.arch}`),
    ...known('cpu', measured.cpu === undefined ? undefined : `${measured.cpu}, ${measured.cores} cores`),
    ...known('kernels', run.backend),
    ...known('threads', run.threads),
    ...known('arithmetic', run.arithmetic),
    ...known('numerics', run.numerics),
  ];
}
