// Folds events into the tables of the projections. The same code moves the live tables inside an append, fills fresh ones in a
// rebuild, and makes the copy that `verify` compares with; only the prefix of the tables' names or the database differs.
import { isKnownType, upcast } from '../catalogue/index.ts';
import type { StoredEvent } from '../ports.ts';
import { projections } from '../projections/index.ts';
import type { Lookup, Projection, RowProjection, StateProjection } from '../projections/projection.ts';
import type { Connection } from './connection.ts';

type Value = string | number | bigint | Uint8Array | null;
type AnyRow = Record<string, Value | undefined>;

/** Takes one event; false where its type or version is unknown, which is counted. Runs inside a transaction. */
export type Fold = (event: StoredEvent) => boolean;

export function prepareFold(database: Connection, prefix = ''): Fold {
  const lookup = prepareLookup(database, prefix);
  const folds = projections.map((projection) => ({ projection, apply: prepareProjection(database, prefix, projection, lookup) }));
  const countUnknown = insertInto(database, `${prefix}unknown_events`);
  return (stored) => {
    const event = upcast(stored);
    if (event === null) {
      countUnknown({ position: stored.position, type: stored.type, schemaVersion: stored.schemaVersion });
      return false;
    }
    const [kind, id] = event.stream.split('/') as [string, string];
    for (const { projection, apply } of folds) if (projection.streams === kind) apply(event, id);
    return true;
  };
}

type Apply = (event: StoredEvent, id: string) => void;

function prepareProjection(database: Connection, prefix: string, projection: Projection, lookup: Lookup): Apply {
  return projection.kind === 'rows' ? prepareRows(database, prefix, projection, lookup) : prepareState(database, prefix, projection);
}

function prepareRows(database: Connection, prefix: string, projection: RowProjection, lookup: Lookup): Apply {
  const insert = insertInto(database, prefix + projection.table);
  return (event, id) => {
    if (!isKnownType(event.type)) return;
    const make = projection.row[event.type] as ((data: unknown, event: StoredEvent, id: string, lookup: Lookup) => AnyRow) | undefined;
    if (make !== undefined) insert({ position: event.position, ...make(event.data, event, id, lookup) });
  };
}

function prepareState(database: Connection, prefix: string, { table, key, evolve }: StateProjection): Apply {
  const fields = fieldsOf(database, prefix + table);
  const selected = fields.map(({ column, field }) => `"${column}" AS "${field}"`);
  const keyColumn = fields.find(({ field }) => field === key)!.column;
  const find = database.prepare<[string], AnyRow>(
    `SELECT ${selected} FROM "${prefix}${table}" WHERE "${keyColumn}" = ? AND to_position IS NULL`,
  );
  const close = database.prepare(`UPDATE "${prefix}${table}" SET to_position = ? WHERE from_position = ?`);
  const insert = insertInto(database, prefix + table);
  return (event, id) => {
    if (!isKnownType(event.type)) return;
    const step = evolve[event.type] as
      | ((previous: AnyRow | null, data: unknown, event: StoredEvent, id: string) => AnyRow | null)
      | undefined;
    if (step === undefined) return;
    const open = find.get(id);
    const previous = open === undefined ? null : restoreNaN(open, fields);
    const next = step(previous, event.data, event, id);
    if (next === null || next === previous) return;
    if (open !== undefined) close.run(event.position, open.fromPosition);
    insert({ ...next, fromPosition: event.position, toPosition: null });
  };
}

interface Field {
  column: string;
  /** The column's name in camelCase. */
  field: string;
}

function fieldsOf(database: Connection, table: string): Field[] {
  const names = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  return names.map((column) => ({ column, field: column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) }));
}

/** SQLite keeps NaN as NULL; `not_a_number` says which NULLs they are. */
function insertInto(database: Connection, table: string): (row: AnyRow) => void {
  const fields = fieldsOf(database, table);
  const columns = fields.map(({ column }) => `"${column}"`);
  const statement = database.prepare(`INSERT INTO "${table}" (${columns}) VALUES (${columns.map(() => '?')})`);
  return (row) => {
    const nan = fields.filter(({ field }) => Number.isNaN(row[field])).map(({ column }) => column);
    const notANumber = nan.length > 0 ? `,${nan.join(',')},` : null;
    statement.run(fields.map(({ field }) => (field === 'notANumber' ? notANumber : (row[field] ?? null))));
  };
}

function restoreNaN(row: AnyRow, fields: Field[]): AnyRow {
  if (typeof row.notANumber !== 'string') return row;
  const nan = new Set(row.notANumber.split(','));
  return Object.fromEntries(fields.map(({ column, field }) => [field, nan.has(column) ? Number.NaN : row[field]]));
}

function prepareLookup(database: Connection, prefix: string): Lookup {
  const steps = database
    .prepare<[string], number | null>(`SELECT steps_per_epoch FROM "${prefix}runs" WHERE run_id = ? AND to_position IS NULL`)
    .pluck();
  return { stepsPerEpoch: (runId) => steps.get(runId) ?? null };
}
