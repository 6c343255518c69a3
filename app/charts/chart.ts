// What a chart is before it is drawn: its finding in words, its data as a table, and an echarts option for any size.
// Pages, files, tables and the interactive copy in the browser all come from this one value.

/** Pixels of the drawing; the page scales it. */
export interface Size {
  width: number;
  height: number;
}

/** Plain data for echarts: functions are named by strings (`@epoch 30`, see web/browser/formats.ts), colours by tokens. */
export type Option = Record<string, unknown>;

/** A number, NaN and infinities included; null where there is no value. */
export type Value = number | null;

export interface LegendEntry {
  text: string;
  /** Category 1 to 10, 0 for grey. */
  category: number;
  mark: 'line' | 'mean' | 'training' | 'batch' | 'thin' | 'band' | 'hollow' | 'dot';
}

/** The same data as text; a column of numbers carries its unit in the heading. */
export interface Table {
  columns: string[];
  rows: (string | Value)[][];
}

/** Ends and colours of a heat map's scale. */
export interface Scale {
  low: string;
  high: string;
  colours: 'seq' | 'div';
}

export interface Chart {
  /** Part of its address: letters, digits, hyphens. */
  name: string;
  title: string;
  unit: string;
  /** One sentence that states what is to be seen; read aloud in place of the picture. */
  finding: string;
  legend: LegendEntry[];
  scale?: Scale;
  caption?: string;
  /** `wide` takes two columns and brings a narrow twin. */
  shape: 'one' | 'wide';
  /** Height for one column where 220 is not enough. */
  height?: number;
  option(size: Size): Option;
  table(): Table;
}

/** 420 × 220, or 880 × 340 with a narrow twin of 420 × 300. */
export function sizesOf(chart: Pick<Chart, 'shape' | 'height'>): { wide?: Size; narrow: Size } {
  if (chart.shape === 'wide') return { wide: { width: 880, height: 340 }, narrow: { width: 420, height: 300 } };
  return { narrow: { width: 420, height: chart.height ?? 220 } };
}
