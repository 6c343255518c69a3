// Rows as people read them, and as a Markdown table for the documents.
import { fixed } from '../../../views/format/number.ts';
import { isMet, type Quantity, type Row, type Unit } from './row.ts';

const decimals: Readonly<Record<Unit, number>> = { 'images/s': 0, 'events/s': 0, 'GFLOP/s': 1, x: 2, '%': 1, MB: 0, ms: 0, s: 1 };

/** `12,345 images/s`, `2.31x`, `74.2 %`. */
export function quantity({ value, unit }: Quantity): string {
  const digits = fixed(value, value < 10 && unit === '%' ? 2 : decimals[unit]);
  return unit === 'x' ? `${digits}x` : `${digits} ${unit}`;
}

function target({ target, ratio, measured }: Row): string {
  const unit = (ratio ?? measured)?.unit;
  if (target === null) return '';
  const [sign, value] = 'atLeast' in target ? ['≥', target.atLeast] : ['≤', target.atMost];
  return `${sign} ${value}${unit === undefined || unit === 'x' ? '' : ` ${unit}`}`;
}

const met = (row: Row): string => {
  const answer = isMet(row);
  return answer === null ? '' : answer ? 'yes' : 'NO';
};

const columns: readonly { title: string; right?: true; cell: (row: Row) => string }[] = [
  { title: 'what', cell: ({ what }) => what },
  { title: 'measured', right: true, cell: ({ measured }) => (measured === null ? 'not measured' : quantity(measured)) },
  { title: 'against', cell: ({ against }) => (against === null ? '' : `${quantity(against)}  ${against.name}`) },
  { title: 'ratio', right: true, cell: ({ ratio }) => (ratio === null ? '' : quantity(ratio)) },
  { title: 'target', right: true, cell: target },
  { title: 'met', cell: met },
];

/** Lines of a table; notes stand under it. */
export function printTable(rows: readonly Row[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  const lines = cells.map((line) =>
    line
      .map((cell, i) => (columns[i]!.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  const notes = rows.flatMap(({ what, note }) => (note === null ? [] : [`${what}: ${note}`]));
  return notes.length === 0 ? lines : [...lines, '', ...notes];
}
