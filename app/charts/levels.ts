// What a factor with many levels comes to: the mean over seeds at each level, with its spread, a line for each setting of the other factors.
import { accuracy } from '../../views/format/metric.ts';
import { summarize } from '../ablations/analysis.ts';
import type { Chart, Option, Size } from './chart.ts';
import { extent, type LinePlot, roomLeft, roomRight } from './lines.ts';
import { bandSeries, curveSeries } from './series.ts';
import { niceTicks } from './ticks.ts';

export interface LevelLine {
  /** Short enough for the end of a line. */
  label: string;
  category: number;
  /** By level: what each seed reached, a share. */
  values: number[][];
}

export interface LevelsPlot {
  /** Of the factor, e.g. `batch size`. */
  factor: string;
  levels: string[];
  lines: LevelLine[];
}

/** Validation accuracy in %, against the levels side by side. */
export function levelsChart({ factor, levels, lines }: LevelsPlot): Chart {
  const means = lines.map(({ values }) => values.map((reached) => (reached.length === 0 ? null : summarize(reached).mean * 100)));
  const plot: Pick<LinePlot, 'curves' | 'bands' | 'y'> = {
    curves: lines.map(({ label, category }, index) => ({
      name: label,
      category,
      style: 'mean',
      points: means[index]!.map((mean, level) => [level, mean] as const),
      label,
    })),
    bands: lines.map(({ category, values }) => ({
      category,
      points: values.flatMap((reached, level) => {
        const { mean, sd } = summarize(reached);
        return sd === null || !Number.isFinite(mean) ? [] : [[level, (mean - sd) * 100, (mean + sd) * 100] as const];
      }),
    })),
    y: { scale: 'linear', ticks: '@number', values: '@fixed 1| %' },
  };
  return {
    name: 'levels',
    title: `Validation accuracy against ${factor}`,
    unit: '%, last epoch, mean ± sd over seeds',
    finding: `Validation accuracy against ${factor}: ${lines
      .map(
        ({ label, values }) =>
          `${label} ${values.map((reached, i) => `${accuracy(summarize(reached).mean)} % at ${levels[i]}`).join(', ')}`,
      )
      .join('; ')}`,
    legend: [
      ...lines.map(({ label, category }) => ({ text: label, category, mark: 'mean' }) as const),
      { text: 'mean ± sd', category: 0, mark: 'band' },
    ],
    shape: 'wide',
    option: (size) => levelsOption(plot, levels, size),
    table: () => ({
      columns: [factor, ...lines.flatMap(({ label }) => [`${label}, mean, %`, `${label}, sd, points`, `${label}, seeds`])],
      rows: levels.map((level, i) => [
        level,
        ...lines.flatMap(({ values }) => {
          const { n, mean, sd } = summarize(values[i]!);
          return n === 0 ? [null, null, 0] : [mean * 100, sd === null ? null : sd * 100, n];
        }),
      ]),
    }),
  };
}

function levelsOption(plot: Pick<LinePlot, 'curves' | 'bands' | 'y'>, levels: readonly string[], size: Size): Option {
  const y = niceTicks(...extent(plot), size.height >= 300 ? 7 : 6);
  return {
    grid: { left: roomLeft(y), right: roomRight(plot.curves), top: 10, bottom: 24, outerBoundsMode: 'none' },
    tooltip: { trigger: 'axis', valueFormatter: plot.y.values },
    xAxis: {
      type: 'category',
      data: [...levels],
      axisTick: { show: false },
      axisLine: { show: true, onZero: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: y.min,
      max: y.max,
      axisTick: { customValues: y.values },
      axisLabel: { customValues: y.values, formatter: plot.y.ticks, hideOverlap: false },
    },
    series: [
      ...(plot.bands ?? []).flatMap(bandSeries),
      ...plot.curves.flatMap((curve) =>
        curveSeries(curve, y.min).map((series, i) => (i === 0 ? { ...series, showSymbol: true, symbol: 'circle', symbolSize: 6 } : series)),
      ),
    ],
  };
}
