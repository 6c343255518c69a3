// Heat maps: amounts in nine steps, signed values in eleven about zero. Each cell takes an exact step, so that one SVG
// serves light and dark. Cells without labels are drawn a step at a time, each as one path: six times as fast as a cell each.
import type { Option, Size, Value } from './chart.ts';
import { category as colour, type Token, token } from './tokens.ts';

export interface HeatMap {
  /** Left of the rows, the first on top. */
  rows: string[];
  columns: string[];
  /** Which columns are labelled; all where it is left out. */
  columnTicks?: number[];
  /** By row, then column; null stays empty. */
  values: Value[][];
  colours: 'seq' | 'div';
  /** Largest magnitude of the scale; smaller and larger values take the last step. */
  limit: number;
  /** Which labels to print; hidden ones are null. */
  cellLabel?: (value: number, row: number, column: number) => string | null;
  /** As in web/browser/formats.ts. */
  format: string;
  columnLabels: 'below' | 'above';
  /** As in web/browser/formats.ts. */
  columnFormat?: string;
  left: number;
}

const stepCount = { seq: 9, div: 11 };

/** Step 0 to 8 of an amount in 0 … limit, 0 to 10 of a signed value in −limit … limit. Zero has step 0, or 5. */
export function stepOf(value: number, limit: number, colours: 'seq' | 'div'): number {
  if (!(limit > 0)) return colours === 'seq' ? 0 : 5;
  const share = Math.max(-1, Math.min(1, value / limit));
  if (colours === 'div') return Math.round(5 + share * 5);
  return value <= 0 ? 0 : Math.min(8, 1 + Math.floor(share * 8));
}

interface Cell {
  x: number;
  y: number;
  value: number;
  step: number;
}

export function heatOption(map: HeatMap, size: Size): Option {
  const above = map.columnLabels === 'above';
  const grid = { left: map.left, right: above ? 12 : 26, top: above ? 24 : 4, bottom: above ? 4 : 24, outerBoundsMode: 'none' };
  const cellSize = {
    width: (size.width - grid.left - grid.right) / map.columns.length,
    height: (size.height - grid.top - grid.bottom) / map.rows.length,
  };
  const cells = map.values.flatMap((row, y) =>
    row.flatMap((value, x) =>
      value === null || !Number.isFinite(value) ? [] : [{ x, y, value, step: stepOf(value, map.limit, map.colours) }],
    ),
  );
  const axis = { type: 'category', axisTick: { show: false }, axisLine: { show: false } };
  return {
    grid,
    tooltip: { trigger: 'item', valueFormatter: map.format },
    xAxis: {
      ...axis,
      data: map.columns,
      position: above ? 'top' : 'bottom',
      axisLabel: {
        ...(map.columnTicks === undefined
          ? { interval: 0, hideOverlap: false, overflow: 'truncate', width: cellSize.width }
          : { customValues: map.columnTicks }),
        ...(map.columnFormat === undefined ? {} : { formatter: map.columnFormat }),
      },
    },
    yAxis: { ...axis, data: map.rows, inverse: true, axisLabel: { interval: Math.max(0, Math.ceil(map.rows.length / 10) - 1) } },
    ...(map.cellLabel === undefined ? { series: plainSeries(map, cells, cellSize) } : labelled(map, cells)),
  };
}

/** One series a step, and crosses where a value is none. */
function plainSeries(map: HeatMap, cells: Cell[], cellSize: Size): Option[] {
  const gap = map.columns.length > 40 ? 0.3 : 0.6;
  const lost = map.values.flatMap((row, y) => row.flatMap((value, x) => (value !== null && !Number.isFinite(value) ? [[x, y]] : [])));
  const filled = Array.from({ length: stepCount[map.colours] }, (_, step) => ({
    type: 'scatter',
    symbol: 'rect',
    symbolSize: [cellSize.width - gap, cellSize.height - gap],
    large: true,
    largeThreshold: 0,
    data: cells.filter((cell) => cell.step === step).map(({ x, y, value }) => [x, y, value]),
    encode: { x: 0, y: 1, tooltip: [2] },
    itemStyle: { color: token(`${map.colours}-${step}` as Token), opacity: 1 },
  }));
  const crosses = {
    type: 'scatter',
    data: lost,
    symbol: 'path://M-1,-1L1,1M-1,1L1,-1',
    symbolSize: 7,
    itemStyle: { color: 'none', borderColor: colour(0), borderWidth: 1.5, opacity: 1 },
    silent: true,
  };
  // echarts cannot draw a large series without points.
  return [...filled, crosses].filter(({ data }) => data.length > 0);
}

/** Cells that carry their value, in ink that is legible on their step. */
function labelled(map: HeatMap, cells: Cell[]): Option {
  return {
    visualMap: {
      type: 'piecewise',
      show: false,
      dimension: 2,
      pieces: Array.from({ length: stepCount[map.colours] }, (_, step) => ({
        value: step,
        color: token(`${map.colours}-${step}` as Token),
      })),
    },
    series: [
      {
        type: 'heatmap',
        data: cells
          .sort((a, b) => a.step - b.step)
          .map(({ x, y, value, step }) => ({ value: [x, y, step, value], ...cellLabel(map.cellLabel?.(value, y, x) ?? null, step) })),
        encode: { x: 0, y: 1, tooltip: [3] },
      },
    ],
  };
}

function cellLabel(text: string | null, step: number): Option {
  if (text === null) return {};
  return { label: { show: true, formatter: text, color: token(step <= 4 ? 'on-low' : 'on-high'), fontSize: 12, textBorderWidth: 0 } };
}
