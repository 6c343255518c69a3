// A chart's data as comma-separated text (RFC 4180), NaN and infinities by name, an absent value as an empty field.
import type { Table } from './chart.ts';

export function csv(table: Table): string {
  return [table.columns, ...table.rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  // A leading sign of a formula would be run by a spreadsheet; numbers are never text here.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
