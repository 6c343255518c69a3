// Curves over epochs: the option of every line chart, from curves and bands that say what they mean.
import type { Option, Size } from './chart.ts';
import { type Band, bandSeries, type Curve, curveSeries } from './series.ts';
import { epochTicks, logTicks, niceTicks, type Ticks } from './ticks.ts';
import { token } from './tokens.ts';

export interface LinePlot {
  curves: Curve[];
  bands?: Band[];
  /** From the first to the last planned epoch, so that nothing moves while a run grows. */
  epochs: { first: number; last: number };
  y: {
    scale: 'linear' | 'log';
    /** As in web/browser/formats.ts. */
    ticks: string;
    values: string;
    /** A line at zero, for differences. */
    zero?: boolean;
    /** Low and high end, where several charts share one scale. */
    range?: readonly [number, number];
  };
}

/** Room for end labels: about 6.6 px a letter. */
export function roomRight(curves: Curve[]): number {
  const longest = Math.max(0, ...curves.map((curve) => curve.label?.length ?? 0));
  return longest === 0 ? 30 : Math.min(150, Math.max(40, 14 + Math.round(longest * 6.8)));
}

/** Room for the labels of the vertical axis. */
export function roomLeft(ticks: Ticks): number {
  const longest = Math.max(...ticks.values.map(lengthOf));
  return Math.max(34, 14 + longest * 7);
}

/** Letters of a tick; very small and very large ones are powers of ten. */
function lengthOf(value: number): number {
  const size = Math.abs(value);
  return value !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential().length - 1 : String(value).length;
}

/** The smallest and largest finite value of curves and bands, or 0 to 1 where there is none yet. */
export function extent(plot: Pick<LinePlot, 'curves' | 'bands' | 'y'>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  const take = (value: number | null) => {
    if (value === null || !Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const curve of plot.curves) for (const [, y] of curve.points) take(y);
  for (const band of plot.bands ?? [])
    for (const [, bottom, top] of band.points) {
      take(bottom);
      take(top);
    }
  if (plot.y.zero) take(0);
  return low > high ? [0, 1] : [low, high];
}

export function linesOption(plot: LinePlot, size: Size): Option {
  const [low, high] = plot.y.range ?? extent(plot);
  const y = plot.y.scale === 'log' ? logTicks(low, high) : niceTicks(low, high, size.height >= 300 ? 7 : 6);
  const { first, last } = plot.epochs;
  const x = epochTicks(first, last, size.width >= 800 ? 7 : 4);
  return {
    grid: { left: roomLeft(y), right: roomRight(plot.curves), top: 10, bottom: 24, outerBoundsMode: 'none' },
    tooltip: { trigger: 'axis', valueFormatter: plot.y.values },
    xAxis: {
      type: 'value',
      min: first,
      max: Math.max(last, first + 1),
      axisTick: { show: true, customValues: x },
      axisLabel: { customValues: x, formatter: `@last epoch|${last}`, hideOverlap: false },
      axisLine: { show: true, onZero: false },
      splitLine: { show: false },
      axisPointer: { show: true, type: 'line', label: { show: false, formatter: '@pointer epoch' } },
    },
    yAxis: {
      type: plot.y.scale === 'log' ? 'log' : 'value',
      min: y.min,
      max: y.max,
      axisTick: { customValues: y.values },
      axisLabel: { customValues: y.values, formatter: plot.y.ticks, hideOverlap: false },
    },
    series: [
      ...(plot.y.zero ? [zeroLine(first, Math.max(last, first + 1))] : []),
      ...(plot.bands ?? []).flatMap(bandSeries),
      ...plot.curves.flatMap((curve) => curveSeries(curve, y.min, liftedBelow(y, plot.y.scale))),
    ],
  };
}

/** The lowest tenth of a plot, where the end of a line meets the words of the axis. */
function liftedBelow({ min, max }: Ticks, scale: 'linear' | 'log'): number {
  return scale === 'log' ? min * (max / min) ** 0.1 : min + (max - min) * 0.1;
}

function zeroLine(first: number, last: number): Option {
  return {
    type: 'line',
    data: [
      [first, 0],
      [last, 0],
    ],
    lineStyle: { color: token('muted'), width: 1 },
    silent: true,
    tooltip: { show: false },
  };
}
