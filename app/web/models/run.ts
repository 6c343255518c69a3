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
import { statisticsCharts } from '../../charts/statisticsCurves.ts';
import { facts } from '../../ledger/catalogue/facts.ts';
import type { RunBytes } from '../../runs/bytes.ts';
import { endedWhy } from '../../runs/ended.ts';
import type { MeasurementQueries } from '../../runs/measurements.ts';
import type { BatchNormHistory, BatchNormLayer, BatchNormQueries } from '../queries/batchNorm.ts';
import type { EventQueries, EventRow } from '../queries/events.ts';
import type { CheckpointRow, HistoryQueries, RateChange } from '../queries/history.ts';
import type { KeepingQueries, NoteRow, RemovalRow } from '../queries/keeping.ts';
import type { LayerRow } from '../queries/layers.ts';
import { type AttemptRow, isSuperseded, type LineageQueries, type Relative } from '../queries/lineage.ts';
import { isGrowing, type RunQueries, type RunRow } from '../queries/runs.ts';
import { eventWords } from './eventWords.ts';
import { type MeasuredPart, readMeasured } from './measured.ts';
import { layerWords, settings } from './recipeWords.ts';
import { trackedLayers } from './trackedLayers.ts';

export interface RunReads {
  runs: RunQueries;
  history: HistoryQueries;
  batchNorm: BatchNormQueries;
  events: EventQueries;
  layers: { layers(runId: string): LayerRow[] };
  keeping: KeepingQueries;
  lineage: LineageQueries;
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
  /** As of the event at this position; null is now. */
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
  /** Why it ended before its last epoch; null where it did not. */
  ended: string | null;
  checkpoints: CheckpointRow[];
  environment: [term: string, words: string][];
  batchNorm: BatchNormPart | null;
  predictions: { chart: DrawnChart; classes: ClassFigures[]; epoch: number; images: number; error: LargestError | null } | null;
  /** What was measured after the fact. */
  measured: MeasuredPart[];
  settings: [term: string, words: string][];
  layers: (LayerRow & { words: string })[];
  events: {
    rows: (EventRow & { words: string; superseded: boolean })[];
    older: boolean;
    counts: { type: string; count: number }[];
    /** Facts that an earlier attempt left behind, in all. */
    superseded: number;
  };
  /** The times it was taken up, where that was more than once. */
  attempts: AttemptRow[];
  parent: ReturnType<LineageQueries['parent']>;
  forks: Relative[];
  /** Epoch of the first difference that the newest replay found; null where there is none, or no replay. */
  differsAt: number | null;
  timebar: Timebar;
  /** The oldest first. */
  notes: NoteRow[];
  /** Of its events, and of the checkpoints it needs. */
  bytes: RunBytes;
  /** Files given up. */
  removals: RemovalRow[];
  /** Why it is asked to stop, as long as it goes on; null where nobody asked. */
  stopping: string | null;
}

/** Positions in the ledger, of events about this run; of the past and of what came after. */
export interface Timebar {
  first: number;
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

export function readRunPage(reads: RunReads, run: RunRow, view: RunView, { now, timebar }: { now: number; timebar: Timebar }): RunPage {
  const course = readCourse(reads, run);
  const rates = reads.history.rates(run.id);
  const draw = drawer(run, view);
  const confusion = reads.history.confusion(run.id);
  const started = reads.events.last(run.id, 'RunStarted');
  const network = everyLayer((run.recipe.network ?? []) as RecordedLayer[]);
  const attempts = reads.lineage.attempts(run.id);
  return {
    run,
    view,
    now,
    repeats: reads.runs.repeats(run.configId),
    curves: [accuracyChart(course), lossChart(course), learningRateChart(course, rates)].map(draw),
    rates,
    ended: endOf(reads, run),
    checkpoints: reads.history.checkpoints(run.id),
    environment: environment(run, started?.measured ?? {}),
    batchNorm: readBatchNorm(reads, run, course, view.layer, draw),
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
        {
          input: layer.input[0],
          output: layer.output[0],
          shortcut: network.some(({ name }) => name.startsWith(`${layer.name}/shortcut/`)),
        },
      ),
    })),
    events: readEvents(reads, run, view),
    attempts: attempts.length > 1 ? attempts : [],
    parent: reads.lineage.parent(run),
    forks: reads.lineage.forks(run.id),
    differsAt: run.replayed === 'differs' ? epochOfDifference(reads.events.replay(run.id)) : null,
    timebar,
    notes: reads.keeping.notes(run.id),
    bytes: reads.keeping.bytes(run.id),
    removals: reads.keeping.removals(run.id),
    stopping: isGrowing(run) ? reads.keeping.stopping(run.id) : null,
  };
}

/** Of the whole run, whichever moment the page shows: asked of the present. */
export function readTimebar({ events }: Pick<RunReads, 'events'>, runId: string): Timebar {
  return {
    ...events.span(runId),
    rates: events.positions(runId, 'LearningRateChanged'),
    checkpoints: events.positions(runId, 'CheckpointTaken'),
  };
}

function readEvents(reads: RunReads, run: RunRow, view: RunView): RunPage['events'] {
  const { rows, older } = reads.events.page(run.id, view);
  const stretches = reads.lineage.superseded(run.id);
  return {
    rows: rows.map((event) => ({
      ...event,
      words: eventWords(event),
      // What the application wrote into the stretch (that it was interrupted, taken up) stays true.
      superseded: Object.hasOwn(facts, event.type) && isSuperseded(stretches, event.position),
    })),
    older,
    counts: reads.events.counts(run.id),
    superseded: stretches.length === 0 ? 0 : reads.events.factsWithin(run.id, stretches),
  };
}

function epochOfDifference(verdict: EventRow | null): number | null {
  const difference = verdict?.data.difference as { epoch?: unknown } | null | undefined;
  return typeof difference?.epoch === 'number' ? difference.epoch : null;
}

function readCourse(reads: RunReads, run: RunRow): RunCourse {
  const { epochs, stepsPerEpoch, bestEpoch } = run;
  return { epochs, stepsPerEpoch, bestEpoch, points: reads.history.epochs(run.id), steps: reads.history.steps(run) };
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
  draw: (chart: Chart) => DrawnChart,
): BatchNormPart | null {
  const layers = trackedLayers(reads.batchNorm, run);
  const layer = chosenLayer(layers, asked);
  const history = layer === null ? null : reads.batchNorm.history(run.id, layer);
  if (layer === null || history === null) return null;
  const gaps = channelGaps(history);
  const settings = everyLayer((run.recipe.network ?? []) as RecordedLayer[]).find(({ name }) => name === layer.layer);
  return {
    layers,
    layer,
    charts: [...batchNormCharts(history, run.epochs), ...statisticsCharts(course)].map(draw),
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
export function readRunChart(reads: RunReads, run: RunRow, name: string, layer: string | null): Chart | null {
  const course = readCourse(reads, run);
  if (name === 'confusion') {
    const confusion = reads.history.confusion(run.id);
    return confusion && confusionChart(confusion);
  }
  const curves = [
    accuracyChart(course),
    lossChart(course),
    learningRateChart(course, reads.history.rates(run.id)),
    ...statisticsCharts(course),
  ];
  const curve = curves.find((chart) => chart.name === name);
  if (curve !== undefined) return curve;
  const chosen = chosenLayer(reads.batchNorm.layers(run.id), layer);
  const history = chosen && reads.batchNorm.history(run.id, chosen);
  return (history && batchNormCharts(history, run.epochs).find((chart) => chart.name === name)) ?? null;
}

export function chartAddress(runId: string, name: string): string {
  return `/runs/${runId}/charts/${name}`;
}

function endOf({ events }: RunReads, { id, status }: RunRow): string | null {
  const type = { completed: 'RunCompleted', stopped: 'RunStopped' }[status as string];
  return type === undefined ? null : endedWhy(type, events.last(id, type)?.data ?? {});
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
