// Folds events into the tables of the projections. The same code moves the live tables inside an append, fills fresh ones in a
// rebuild, and makes the copy that `verify` compares with; only the prefix of the tables' names or the database differs.
import { type EventData, type EventType, isKnownType, upcast } from '../catalogue/index.ts';
import type { StoredEvent } from '../ports.ts';
import { projections } from '../projections/index.ts';
import type { RowProjection, StateProjection, Subject } from '../projections/projection.ts';
import { runs } from '../projections/runs.ts';
import type { Connection } from './connection.ts';

type Value = string | number | bigint | Uint8Array | null;
type AnyRow = Record<string, Value | undefined>;

/** Takes one event; false where its type or version is unknown, which is counted. Runs inside a transaction. */
export type Fold = (event: StoredEvent) => boolean;

export function prepareFold(database: Connection, prefix = ''): Fold {
  const find = prepareSubject(database, prefix);
  const folds = projections.map((projection) => ({
    projection,
    apply: projection.kind === 'rows' ? prepareRows(database, prefix, projection) : prepareState(database, prefix, projection),
  }));
  const survivesTo = prepareSurvival(database, prefix);
  const countUnknown = insertInto(database, `${prefix}unknown_events`);
  return (stored) => {
    const event = upcast(stored);
    if (event === null || !isKnownType(event.type)) {
      countUnknown({ position: stored.position, type: stored.type, schemaVersion: stored.schemaVersion });
      return false;
    }
    const [kind, id] = event.stream.split('/') as [string, string];
    let subject: Subject = { id, run: 0, stepsPerEpoch: null, survivesTo: null };
    if (event.type === 'RunResumed') {
      subject = find(id);
      subject.survivesTo = survivesTo(subject.run, event.data as EventData<'RunResumed'>);
    }
    for (const { projection, apply } of folds) {
      if (projection.streams !== kind) continue;
      if (kind === 'run' && projection !== runs) {
        if (subject.run === 0) subject = find(id);
        // Nobody queued or started it: its notes wait for nothing.
        if (subject.run === 0) break;
      }
      apply(event, event.type, subject);
    }
    return true;
  };
}

type Apply = (event: StoredEvent, type: EventType, subject: Subject) => void;

function prepareRows(database: Connection, prefix: string, { table, line, row }: RowProjection): Apply {
  const insert = insertInto(database, prefix + table);
  const supersede =
    line && database.prepare(`UPDATE "${prefix}${table}" SET to_position = ? WHERE run = ? AND position > ? AND to_position IS NULL`);
  return (event, type, subject) => {
    if (subject.survivesTo !== null) supersede?.run(event.position, subject.run, subject.survivesTo);
    const make = row[type] as ((data: unknown, event: StoredEvent, subject: Subject) => AnyRow | null) | undefined;
    const made = make?.(event.data, event, subject);
    if (made) insert({ position: event.position, ...made });
  };
}

/** Position of the checkpoint that a run is resumed from, or of the run's first event. */
function prepareSurvival(database: Connection, prefix: string): (run: number, data: EventData<'RunResumed'>) => number {
  const find = database
    .prepare<[number, string, number], number | null>(
      `SELECT max(position) FROM "${prefix}checkpoints" WHERE run = ? AND sha256 = ? AND step = ? AND to_position IS NULL`,
    )
    .pluck();
  return (run, { checkpoint, step }) => (checkpoint === null ? null : find.get(run, checkpoint, step)) ?? run;
}

function prepareState(database: Connection, prefix: string, { table, key, evolve }: StateProjection): Apply {
  const fields = fieldsOf(database, prefix + table);
  const selected = fields.map(({ column, field }) => `"${column}" AS "${field}"`);
  const keyColumn = fields.find(({ field }) => field === key)!.column;
  const find = database.prepare<[string | number], AnyRow>(
    `SELECT ${selected} FROM "${prefix}${table}" WHERE "${keyColumn}" = ? AND to_position IS NULL`,
  );
  // Versions of a run are found by its number, not by its id.
  const versions = key === 'runId' ? 'first_position' : keyColumn;
  const findThen = database.prepare<[string | number, number], AnyRow>(
    `SELECT ${selected} FROM "${prefix}${table}" WHERE "${versions}" = ? AND from_position <= ? ORDER BY from_position DESC LIMIT 1`,
  );
  const close = database.prepare(`UPDATE "${prefix}${table}" SET to_position = ? WHERE from_position = ?`);
  const insert = insertInto(database, prefix + table);
  return (event, type, subject) => {
    const step = evolve[type] as
      | ((previous: AnyRow | null, data: unknown, event: StoredEvent, subject: Subject, then: AnyRow | null) => AnyRow | null)
      | undefined;
    if (step === undefined) return;
    const open = find.get(key === 'run' ? subject.run : subject.id);
    const previous = open === undefined ? null : restoreNaN(open, fields);
    const stood = subject.survivesTo === null ? undefined : findThen.get(subject.run, subject.survivesTo);
    const then = stood === undefined ? null : restoreNaN(stood, fields);
    const next = step(previous, event.data, event, subject, then);
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

function prepareSubject(database: Connection, prefix: string): (id: string) => Subject {
  const find = database.prepare<[string], { run: number; stepsPerEpoch: number | null }>(
    `SELECT first_position AS run, steps_per_epoch AS stepsPerEpoch FROM "${prefix}runs" WHERE run_id = ? AND to_position IS NULL`,
  );
  return (id) => ({ id, ...(find.get(id) ?? { run: 0, stepsPerEpoch: null }), survivesTo: null });
}
