// Two quantities of the same things against each other on log axes, with the line on which they agree.
import type { Option } from './chart.ts';
import { logTicks } from './ticks.ts';
import { category as colour, token } from './tokens.ts';

export interface AgreementPlot {
  category: number;
  points: {
    name: string;
    /** Both above zero. */
    x: number;
    y: number;
    /** Far from agreement: drawn filled and named. */
    apart: boolean;
  }[];
  format: string;
}

export function agreementOption(plot: AgreementPlot): Option {
  const values = plot.points.flatMap(({ x, y }) => [x, y]);
  const ticks = values.length === 0 ? logTicks(0.1, 10) : logTicks(Math.min(...values), Math.max(...values));
  const { min, max } = ticks;
  const ink = colour(plot.category);
  const axis = {
    type: 'log',
    min,
    max,
    axisLabel: { customValues: ticks.values, formatter: '@digits 2' },
    axisTick: { customValues: ticks.values },
  };
  return {
    grid: { left: 48, right: 20, top: 10, bottom: 24, outerBoundsMode: 'none' },
    tooltip: { trigger: 'item', valueFormatter: plot.format },
    xAxis: { ...axis, axisLine: { show: true }, axisTick: { show: true, customValues: ticks.values }, splitLine: { show: false } },
    yAxis: axis,
    series: [
      {
        type: 'line',
        data: [
          [min, min],
          [max, max],
        ],
        lineStyle: { color: token('muted'), width: 1, type: [2, 3] },
        silent: true,
        tooltip: { show: false },
      },
      {
        type: 'scatter',
        symbolSize: 7,
        data: plot.points.map((point) => ({
          name: point.name,
          value: [point.x, point.y],
          itemStyle: point.apart ? { color: ink, opacity: 1 } : { color: token('paper'), borderColor: ink, borderWidth: 1.5 },
          ...(point.apart
            ? { label: { show: true, position: 'left', formatter: point.name, color: token('muted'), textBorderWidth: 0 } }
            : {}),
        })),
      },
    ],
  };
}
