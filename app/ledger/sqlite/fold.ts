// Folds events into the tables of the projections. The same code moves the live tables inside an append, fills fresh ones in a
// rebuild, and makes the copy that `verify` compares with; only the prefix of the tables' names or the database differs.
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { unknownEvents } from '../../db/runs.ts';
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
  const countUnknown = insertInto(database, prefix, unknownEvents);
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
  const insert = insertInto(database, prefix, projection.table);
  return (event, id) => {
    if (!isKnownType(event.type)) return;
    const make = projection.row[event.type] as ((data: unknown, event: StoredEvent, id: string, lookup: Lookup) => AnyRow) | undefined;
    if (make !== undefined) insert({ position: event.position, ...make(event.data, event, id, lookup) });
  };
}

function prepareState(database: Connection, prefix: string, { table, key, evolve }: StateProjection): Apply {
  const name = prefix + getTableName(table);
  const columns = getTableColumns(table);
  const keyColumn = columns[key]!.name;
  const selected = Object.entries(columns).map(([field, column]) => `"${column.name}" AS "${field}"`);
  const find = database.prepare<[string], AnyRow>(`SELECT ${selected} FROM "${name}" WHERE "${keyColumn}" = ? AND to_position IS NULL`);
  const close = database.prepare(`UPDATE "${name}" SET to_position = ? WHERE from_position = ?`);
  const insert = insertInto(database, prefix, table);
  return (event, id) => {
    if (!isKnownType(event.type)) return;
    const step = evolve[event.type] as
      | ((previous: AnyRow | null, data: unknown, event: StoredEvent, id: string) => AnyRow | null)
      | undefined;
    if (step === undefined) return;
    const open = find.get(id);
    const previous = open === undefined ? null : restoreNaN(open);
    const next = step(previous, event.data, event, id);
    if (next === null || next === previous) return;
    if (open !== undefined) close.run(event.position, open.fromPosition);
    insert({ ...next, fromPosition: event.position, toPosition: null });
  };
}

/** SQLite keeps NaN as NULL; `not_a_number` says which NULLs they are. */
function insertInto(database: Connection, prefix: string, table: SQLiteTable): (row: AnyRow) => void {
  const columns = Object.entries(getTableColumns(table));
  const names = columns.map(([, column]) => `"${column.name}"`);
  const statement = database.prepare(`INSERT INTO "${prefix}${getTableName(table)}" (${names}) VALUES (${columns.map(() => '?')})`);
  return (row) => {
    const nan = columns.filter(([field]) => Number.isNaN(row[field])).map(([, column]) => column.name);
    statement.run(
      columns.map(([field]) => {
        if (field === 'notANumber') return nan.length > 0 ? `,${nan.join(',')},` : null;
        return row[field] ?? null;
      }),
    );
  };
}

function restoreNaN(row: AnyRow): AnyRow {
  if (typeof row.notANumber !== 'string') return row;
  const names = new Set(row.notANumber.split(','));
  const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(row).map(([field, value]) => [field, names.has(snake(field)) ? Number.NaN : value]));
}

function prepareLookup(database: Connection, prefix: string): Lookup {
  const steps = database
    .prepare<[string], number | null>(`SELECT steps_per_epoch FROM "${prefix}runs" WHERE run_id = ? AND to_position IS NULL`)
    .pluck();
  return { stepsPerEpoch: (runId) => steps.get(runId) ?? null };
}
