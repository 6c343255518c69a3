// Rows of the read models as projections hold them (fields in camelCase, NaN a number) and as SQLite keeps them (columns, NaN as NULL with a
// word of it in `not_a_number`). What is inserted and what is read back is the same to a projection.
import type { Connection } from './connection.ts';

export type Value = string | number | bigint | Uint8Array | null;
export type AnyRow = Record<string, Value | undefined>;

export interface Field {
  column: string;
  /** The column's name in camelCase. */
  field: string;
}

export function fieldsOf(database: Connection, table: string): Field[] {
  const names = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  return names.map((column) => ({ column, field: column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) }));
}

/** Inserts a row that the event at `position` made, and that stands until the one at `end`; for good without. */
export type Insert = (row: AnyRow, position: number, end?: number) => void;

/** The first column is the position, by either of its names. */
export function prepareInsert(database: Connection, table: string): Insert {
  const fields = fieldsOf(database, table);
  const names = fields.map(({ field }) => field);
  const [endAt, nanAt] = [names.indexOf('toPosition'), names.indexOf('notANumber')];
  const statement = database.prepare(
    `INSERT INTO "${table}" (${fields.map(({ column }) => `"${column}"`)}) VALUES (${fields.map(() => '?')})`,
  );
  return (row, position, end) => {
    const values: Value[] = [];
    let nan = '';
    for (let index = 0; index < names.length; index++) {
      const value = row[names[index]!] ?? null;
      const isNumber = !Number.isNaN(value);
      if (!isNumber) nan += `,${fields[index]!.column}`;
      values.push(isNumber ? value : null);
    }
    values[0] = position;
    if (endAt > 0) values[endAt] = end ?? null;
    if (nanAt > 0) values[nanAt] = nan === '' ? null : `${nan},`;
    statement.run(values);
  };
}

/** A row as it was before SQLite made NULL of its NaN. */
export function restoreNaN(row: AnyRow, fields: readonly Field[]): AnyRow {
  if (typeof row.notANumber !== 'string') return row;
  const nan = new Set(row.notANumber.split(','));
  return Object.fromEntries(fields.map(({ column, field }) => [field, nan.has(column) ? Number.NaN : row[field]]));
}

/** A row as it would be read back, were it inserted: nothing is undefined, and half a surrogate pair is another character. */
export function asInserted(row: AnyRow, fields: readonly Field[]): AnyRow {
  if (fields.every(({ field }) => isAsInserted(row[field]))) return row;
  const inserted = (value: Value | undefined) => (typeof value === 'string' ? value.toWellFormed() : (value ?? null));
  return Object.fromEntries(fields.map(({ field }) => [field, inserted(row[field])]));
}

const isAsInserted = (value: Value | undefined): boolean => value !== undefined && (typeof value !== 'string' || value.isWellFormed());
