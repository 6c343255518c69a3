// A batch-norm layer over the epochs: running statistics of all channels as median and quartiles, channel by channel as
// heat maps, and where batch and running statistics disagree.
import { fixed } from '../../views/format/number.ts';
import type { BatchNormHistory } from '../web/queries/batchNorm.ts';
import type { Chart, Table } from './chart.ts';
import { heatOption } from './heat.ts';
import { linesOption } from './lines.ts';
import { type Quantiles, quantiles } from './quantiles.ts';
import { agreementOption } from './scatter.ts';
import type { Band, Curve } from './series.ts';
import { epochTicks } from './ticks.ts';

/** A channel whose batch variance is this many times the running one, or the other way round, is apart. */
export const apartFrom = 1.3;

export interface ChannelGap {
  channel: number;
  runningVariance: number;
  batchVariance: number;
  /** Batch over running. */
  ratio: number;
  /** Batch minus running. */
  meanDifference: number;
}

/** At the last epoch, furthest apart first. */
export function channelGaps(history: BatchNormHistory): ChannelGap[] {
  return history.runningVariance
    .map((variances, channel) => ({
      channel,
      runningVariance: variances.at(-1)!,
      batchVariance: history.batchVariance[channel]!.at(-1)!,
      ratio: history.batchVariance[channel]!.at(-1)! / variances.at(-1)!,
      meanDifference: history.batchMean[channel]!.at(-1)! - history.runningMean[channel]!.at(-1)!,
    }))
    .sort((a, b) => distance(b.ratio) - distance(a.ratio) || a.channel - b.channel);
}

/** How far a ratio is from 1, either way; NaN and a vanished variance are furthest. */
export function distance(ratio: number): number {
  const size = Math.abs(Math.log2(ratio));
  return Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
}

type Statistic = 'mean' | 'variance';

/** Median channel, quartiles and range by epoch, with the channel furthest apart in orange: its running and its batch value. */
export function runningChart(history: BatchNormHistory, statistic: Statistic, planned: number): Chart {
  const [running, batch] =
    statistic === 'mean' ? [history.runningMean, history.batchMean] : [history.runningVariance, history.batchVariance];
  const chosen = channelGaps(history)[0]?.channel ?? 0;
  const spread = history.epochs.map((_, index) => quantiles(running.map((channel) => channel[index]!)));
  const along = (matrix: number[][]) => history.epochs.map((epoch, index) => [epoch, matrix[chosen]![index]!] as const);
  const curves: Curve[] = [
    { name: `channel ${chosen}, batch`, category: 2, style: 'thin', points: along(batch) },
    { name: `channel ${chosen}, running`, category: 2, style: 'line', points: along(running) },
    {
      name: 'median channel',
      category: 1,
      style: 'line',
      points: history.epochs.map((epoch, index) => [epoch, spread[index]?.median ?? null] as const),
      label: 'median',
    },
  ];
  const newest = spread.at(-1);
  return {
    name: `bn-${statistic}`,
    title: `Running ${statistic}`,
    unit: `by epoch, ${history.channels} channels`,
    finding: newest
      ? `Running ${statistic} of ${history.layer} at epoch ${history.epochs.at(-1)}: median ${fixed(newest.median, 2)}, quartiles ${fixed(newest.lower, 2)} to ${fixed(newest.upper, 2)}, range ${fixed(newest.min, 2)} to ${fixed(newest.max, 2)}`
      : `Running ${statistic} of ${history.layer}: not measured yet`,
    legend: [
      { text: 'median channel', category: 1, mark: 'line' },
      { text: 'quartiles, range', category: 1, mark: 'band' },
      { text: `channel ${chosen}, running`, category: 2, mark: 'line' },
      { text: `channel ${chosen}, batch`, category: 2, mark: 'batch' },
    ],
    shape: 'one',
    option: (size) =>
      linesOption(
        {
          curves,
          bands: [band(history.epochs, spread, 'min', 'max'), band(history.epochs, spread, 'lower', 'upper')],
          epochs: { first: 1, last: planned },
          y: { scale: 'linear', ticks: '@number', values: '@fixed 3' },
        },
        size,
      ),
    table: () => channelTable(history, running, `running ${statistic}`),
  };
}

function band(epochs: number[], spread: (Quantiles | null)[], low: keyof Quantiles, high: keyof Quantiles): Band {
  return {
    category: 1,
    points: epochs.flatMap((epoch, index) => {
      const at = spread[index];
      return at ? [[epoch, at[low], at[high]] as const] : [];
    }),
  };
}

/** Running means of every channel, signed. */
export function meanHeatChart(history: BatchNormHistory): Chart {
  const limit = largest(history.runningMean);
  return heatChart(history, history.runningMean, {
    name: 'bn-mean-channels',
    title: 'Running mean, channel by channel',
    unit: '',
    ends: [`−${fixed(limit, 1)}`, `+${fixed(limit, 1)}`],
    limit,
    finding: `Running mean of the ${history.channels} channels of ${history.layer} by epoch, between −${fixed(limit, 2)} and +${fixed(limit, 2)}`,
  });
}

/** log₂ of batch variance over running variance: orange where the batch varies more than the layer remembers. */
export function ratioHeatChart(history: BatchNormHistory): Chart {
  const ratios = history.batchVariance.map((row, channel) =>
    row.map((variance, epoch) => Math.log2(variance / history.runningVariance[channel]![epoch]!)),
  );
  const limit = Math.max(0.1, largest(ratios));
  const apart = channelGaps(history).filter(({ ratio }) => distance(ratio) > Math.log2(apartFrom));
  return heatChart(history, ratios, {
    name: 'bn-ratio-channels',
    title: 'Batch variance over running variance',
    unit: 'log₂',
    ends: [`÷ ${fixed(2 ** limit, 1)}`, `× ${fixed(2 ** limit, 1)}`],
    limit,
    finding: `Batch variance over running variance of ${history.layer}: ${apart.length} of ${history.channels} channels are apart by more than 30 % at epoch ${history.epochs.at(-1)}`,
    caption: 'The neutral colour is agreement.',
  });
}

interface Heat {
  name: string;
  title: string;
  unit: string;
  ends: [string, string];
  limit: number;
  finding: string;
  caption?: string;
}

function heatChart(history: BatchNormHistory, values: number[][], heat: Heat): Chart {
  const last = history.epochs.at(-1)!;
  const ticks = epochTicks(history.epochs[0]!, last).map((epoch) => nearest(history.epochs, epoch));
  return {
    name: heat.name,
    title: heat.title,
    unit: heat.unit,
    finding: heat.finding,
    legend: [],
    scale: { low: heat.ends[0], high: heat.ends[1], colours: 'div' },
    ...(heat.caption === undefined ? {} : { caption: heat.caption }),
    shape: 'one',
    option: (size) =>
      heatOption(
        {
          rows: values.map((_, channel) => String(channel)),
          columns: history.epochs.map(String),
          columnTicks: [...new Set(ticks)],
          columnFormat: `@last epoch|${last}`,
          values,
          colours: 'div',
          limit: heat.limit,
          format: '@fixed 3',
          columnLabels: 'below',
          left: 38,
        },
        size,
      ),
    table: () => channelTable(history, values, heat.unit === '' ? 'running mean' : `${heat.unit} ratio`),
  };
}

/** Each channel once: batch variance up, running variance across, at the last epoch. */
export function agreementChart(history: BatchNormHistory, look: { name: string; title: string; category: number }): Chart {
  const gaps = channelGaps(history);
  const drawn = gaps.filter(({ runningVariance, batchVariance }) => runningVariance > 0 && batchVariance > 0);
  const apart = drawn.filter(({ ratio }) => distance(ratio) > Math.log2(apartFrom));
  return {
    name: look.name,
    title: look.title,
    unit: `${history.layer}, batch up, running across`,
    finding: `Batch against running variance of ${history.layer} at epoch ${history.epochs.at(-1)}: ${apart.length} of ${history.channels} channels are apart by more than 30 %`,
    legend: [
      { text: 'a channel', category: look.category, mark: 'hollow' },
      { text: 'apart by more than 30 %', category: look.category, mark: 'dot' },
      { text: 'agreement', category: 0, mark: 'training' },
    ],
    caption: `Log scales, variance at epoch ${history.epochs.at(-1)}.`,
    shape: 'one',
    height: 260,
    option: () =>
      agreementOption({
        category: look.category,
        points: drawn.map((gap) => ({
          name: String(gap.channel),
          x: gap.runningVariance,
          y: gap.batchVariance,
          apart: distance(gap.ratio) > Math.log2(apartFrom),
        })),
        format: '@fixed 3',
      }),
    table: () => ({
      columns: ['channel', 'running variance', 'batch variance', 'batch over running', 'mean, batch minus running'],
      rows: gaps.map((gap) => [gap.channel, gap.runningVariance, gap.batchVariance, gap.ratio, gap.meanDifference]),
    }),
  };
}

function channelTable(history: BatchNormHistory, values: number[][], what: string): Table {
  return {
    columns: ['epoch', ...values.map((_, channel) => `${what}, channel ${channel}`)],
    rows: history.epochs.map((epoch, index) => [epoch, ...values.map((row) => row[index]!)]),
  };
}

function largest(values: number[][]): number {
  return Math.max(0, ...values.flat().filter(Number.isFinite).map(Math.abs));
}

function nearest(epochs: number[], epoch: number): number {
  return epochs.reduce((best, candidate, index) => (Math.abs(candidate - epoch) < Math.abs(epochs[best]! - epoch) ? index : best), 0);
}
