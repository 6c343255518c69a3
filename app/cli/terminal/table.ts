// Tables of the terminal: numbers to the right, names to the left, nothing wraps. What a cell says, colours included, is the caller's.
import type { Paint } from './paint.ts';
import { cut, cutMiddle, padEnd, padStart, textWidth } from './width.ts';

export interface Column<Row> {
  title: string;
  /** Painted or not; an empty text where there is no value yet. */
  cell: (row: Row) => string;
  align?: 'left' | 'right';
  /** Shown from 100 columns on. */
  wide?: boolean;
  /** The name: cut with `…` where the table would be too wide; `middle` keeps its end, and takes no painted text. */
  shrinks?: boolean | 'middle';
}

const gap = '  ';
const wideFrom = 100;
const shortestName = 8;

function cutCell({ shrinks }: { shrinks?: boolean | 'middle' }, cell: string, columns: number): string {
  return (shrinks === 'middle' ? cutMiddle : cut)(cell, columns);
}

/** Lines of a table, its muted head first; none is wider than `screen.width` as long as the columns that do not shrink fit. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], screen: { width: number; paint: Paint }): string[] {
  const shown = columns.filter((column) => !column.wide || screen.width >= wideFrom);
  const cells = rows.map((row) => shown.map((column) => column.cell(row)));
  const widths = shown.map((column, i) => Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[i]!))));

  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - screen.width;
  shown.forEach((column, i) => {
    if (!column.shrinks || excess <= 0) return;
    const narrower = Math.min(widths[i]!, Math.max(shortestName, widths[i]! - excess));
    excess -= widths[i]! - narrower;
    widths[i] = narrower;
  });

  const layOut = (row: readonly string[]): string =>
    row
      .map((cell, i) => (shown[i]!.align === 'right' ? padStart : padEnd)(cutCell(shown[i]!, cell, widths[i]!), widths[i]!))
      .join(gap)
      .trimEnd();
  return [screen.paint.muted(layOut(shown.map((column) => column.title))), ...cells.map(layOut)];
}
