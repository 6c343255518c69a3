// Rows of the published views as they come, and the one rule for reading a metric out of them.
import { fromState } from '../../../views/format/metric.ts';

export type Row = Record<string, string | number | null>;

/** The number in a column, NaN and infinities included (their companion column names them); null where there is none yet. */
export function metric(row: Row, column: string): number | null {
  return fromState(row[column] as number | null, (row[`${column}_state`] ?? null) as string | null);
}

export function text(row: Row, column: string): string {
  return String(row[column] ?? '');
}

export function count(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}
