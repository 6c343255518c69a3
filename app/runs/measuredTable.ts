// A measurement as a table: what is of the state as a whole, then a row for each thing that has several numbers (a layer, a bin).
import { type Measurement, splitName } from './measurements.ts';

export interface MeasuredTable {
  whole: [name: string, value: number][];
  columns: string[];
  rows: { name: string; cells: (number | null)[] }[];
}

/** Columns in this order, others behind them. */
const usual = ['count', 'mean', 'std', 'min', 'max', 'zeros', 'dead', 'accuracy', 'confidence'];

export function measuredTable({ values }: Pick<Measurement, 'values'>): MeasuredTable {
  const whole: MeasuredTable['whole'] = [];
  const rows = new Map<string, Map<string, number>>();
  for (const [name, value] of values) {
    const { of, what } = splitName(name);
    if (what === '') whole.push([name, value]);
    else rows.set(of, (rows.get(of) ?? new Map()).set(what, value));
  }
  const there = [...new Set([...rows.values()].flatMap((cells) => [...cells.keys()]))];
  const columns = [...usual.filter((column) => there.includes(column)), ...there.filter((column) => !usual.includes(column))];
  return {
    whole,
    columns,
    rows: [...rows].map(([name, cells]) => ({ name, cells: columns.map((column) => cells.get(column) ?? null) })),
  };
}
