// Series by meaning: validation is solid, training dashed, a mean bold, a repeat pale, a spread a band.
// What is not a number is a cross on the lower edge of the plot.
import type { Option, Value } from './chart.ts';
import { category as colour, token } from './tokens.ts';

export type CurveStyle = 'line' | 'training' | 'mean' | 'repeat' | 'thin';

export interface Curve {
  name: string;
  /** Category 1 to 10, 0 for grey. */
  category: number;
  style: CurveStyle;
  points: readonly (readonly [x: number, y: Value])[];
  /** Printed where the line ends. */
  label?: string;
  /** A hollow ring, as at the best epoch. */
  ring?: readonly [x: number, y: number];
  /** Numbered points, explained beside the chart. */
  marks?: readonly (readonly [x: number, y: number, text: string])[];
  /** Holds its value until the next point. */
  stepped?: boolean;
}

export interface Band {
  category: number;
  points: readonly (readonly [x: number, low: number, high: number])[];
}

const strokes: Record<CurveStyle, Option> = {
  line: { width: 1.75 },
  training: { width: 1.25, type: [3, 3], cap: 'butt' },
  mean: { width: 2.5 },
  repeat: { width: 1, opacity: 0.4 },
  thin: { width: 1 },
};

/** The line itself, its ring and its crosses; `floor` is the lower edge of the plot, below `low` a label would touch the axis. */
export function curveSeries(curve: Curve, floor: number, low = floor): Option[] {
  const ink = colour(curve.category);
  const finite = curve.points.filter(([, y]) => y !== null && Number.isFinite(y));
  const lost = curve.points.filter(([, y]) => y !== null && !Number.isFinite(y));
  const lastFinite = curve.points.findLastIndex(([, y]) => y !== null && Number.isFinite(y));
  const series: Option[] = [
    {
      type: 'line',
      name: curve.name,
      data: curve.points.slice(0, lastFinite + 1).map(([x, y]) => [x, y !== null && Number.isFinite(y) ? y : null]),
      itemStyle: { color: ink },
      lineStyle: { color: ink, ...strokes[curve.style] },
      showSymbol: finite.length === 1,
      ...(curve.stepped ? { step: 'end' } : {}),
      ...(curve.style === 'repeat' ? { silent: true, tooltip: { show: false } } : {}),
      ...(curve.label === undefined || finite.length === 0
        ? {}
        : {
            endLabel: {
              show: true,
              formatter: curve.label,
              color: ink,
              fontSize: 12,
              fontWeight: 600,
              distance: 7,
              ...(finite.at(-1)![1]! < low ? { offset: [0, -10] } : {}),
            },
            labelLayout: { moveOverlap: 'shiftY' },
          }),
    },
  ];
  if (curve.ring !== undefined) series.push(ring(curve.ring, ink));
  if (curve.marks !== undefined) series.push(numbers(curve.marks));
  if (lost.length > 0)
    series.push(
      cross(
        lost.map(([x]) => [x, floor]),
        ink,
      ),
    );
  return series;
}

/** Two stacked lines: the lower bound without area, the height with it. */
export function bandSeries(band: Band, index: number): Option[] {
  const ink = colour(band.category);
  const shared = {
    type: 'line',
    stack: `band ${index}`,
    stackStrategy: 'all',
    lineStyle: { width: 0 },
    itemStyle: { color: ink },
    silent: true,
    tooltip: { show: false },
  };
  return [
    { ...shared, data: band.points.map(([x, low]) => [x, low]) },
    { ...shared, data: band.points.map(([x, low, high]) => [x, high - low]), areaStyle: { color: ink, opacity: 0.16 } },
  ];
}

function ring(at: readonly [number, number], ink: string): Option {
  return {
    type: 'scatter',
    data: [at],
    symbol: 'circle',
    symbolSize: 8,
    itemStyle: { color: token('paper'), borderColor: ink, borderWidth: 1.5, opacity: 1 },
    silent: true,
    tooltip: { show: false },
    z: 5,
  };
}

/** White numbers on ink. */
function numbers(marks: NonNullable<Curve['marks']>): Option {
  return {
    type: 'scatter',
    data: marks.map(([x, y, text]) => ({ value: [x, y], label: { show: true, formatter: text } })),
    symbol: 'circle',
    symbolSize: 15,
    itemStyle: { color: token('text'), opacity: 1 },
    label: { color: token('paper'), fontSize: 11, fontWeight: 650, textBorderWidth: 0 },
    silent: true,
    tooltip: { show: false },
    z: 6,
  };
}

function cross(at: (readonly [number, number])[], ink: string): Option {
  return {
    type: 'scatter',
    data: at,
    symbol: 'path://M-1,-1L1,1M-1,1L1,-1',
    symbolSize: 8,
    itemStyle: { color: 'none', borderColor: ink, borderWidth: 1.75, opacity: 1 },
    silent: true,
    clip: false,
    tooltip: { show: false },
    z: 5,
  };
}
