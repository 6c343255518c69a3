// A result as CSV: RFC 4180, with the words of this product for what CSV has none.
import type { Cell, QueryResult } from './query.ts';

/**
 * Values stand as they are, also those that a spreadsheet would take for a formula (`=1+1`): what reads back must be what was recorded.
 * Head and rows, lines ended by CR LF; NULL is an empty field, NaN and infinities are words, a blob is hexadecimal.
 */
export function toCsv({ columns, rows }: Pick<QueryResult, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ name }) => quote(name)), ...rows.map((row) => row.map((cell) => quote(printed(cell))))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** One value as text; numbers with all their digits. */
export function printed(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : String(cell);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
