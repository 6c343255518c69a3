// Raw output for other programs: CSV (RFC 4180) and JSON, numbers with all digits and a plain minus.

export type RawCell = string | number | bigint | boolean | null | Uint8Array;

/** One line a row, the head first; null is empty, NaN and infinities are words, bytes are hex. */
export function toCsv(columns: readonly string[], rows: readonly (readonly RawCell[])[]): string {
  return [columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\n');
}

function csvCell(value: RawCell): string {
  const text = value === null ? '' : value instanceof Uint8Array ? value.toHex() : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An array of objects. Integers beyond 2^53, NaN and infinities are text, because JSON readers would change them; bytes are hex. */
export function toJson(columns: readonly string[], rows: readonly (readonly RawCell[])[]): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, jsonCell(row[i] ?? null)])));
  return JSON.stringify(objects, null, 2);
}

function jsonCell(value: RawCell): string | number | boolean | null {
  if (value instanceof Uint8Array) return value.toHex();
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
