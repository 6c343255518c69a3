// The open row of each entity of a state projection: found, closed, followed by its next version. What was found or written last is kept in
// memory, exactly as it would be read back: events of a run come one after another, and each asks for the same row.
import type { Connection } from './connection.ts';
import { type AnyRow, fieldsOf, prepareInsert, restoreNaN, type Value } from './rows.ts';

type Entity = string | number;

export interface OpenRows {
  find(entity: Entity): AnyRow | null;
  /** The version of a run's row that stood at a position. */
  findThen(run: number, position: number): AnyRow | null;
  /** Closes what `find` gave and opens its next version. */
  replace(entity: Entity, previous: AnyRow | null, next: AnyRow, position: number): void;
  /** Reads everything again from now on. */
  forget(): void;
}

/** Many more runs than are ever trained side by side. */
const mostKept = 500;

/** `key` is the field that names the entity. */
export function prepareOpenRows(database: Connection, table: string, key: string): OpenRows {
  const fields = fieldsOf(database, table);
  const selected = fields.map(({ column, field }) => `"${column}" AS "${field}"`);
  const keyColumn = fields.find(({ field }) => field === key)!.column;
  const find = database.prepare<[Entity], AnyRow>(`SELECT ${selected} FROM "${table}" WHERE "${keyColumn}" = ? AND to_position IS NULL`);
  // Versions of a run are found by its number, not by its id.
  const versions = key === 'runId' ? 'first_position' : keyColumn;
  const findThen = database.prepare<[Entity, number], AnyRow>(
    `SELECT ${selected} FROM "${table}" WHERE "${versions}" = ? AND from_position <= ? ORDER BY from_position DESC LIMIT 1`,
  );
  const close = database.prepare(`UPDATE "${table}" SET to_position = ? WHERE from_position = ?`);
  const insert = prepareInsert(database, table);
  const kept = new Map<Entity, AnyRow>();

  function keep(entity: Entity, row: AnyRow): AnyRow {
    if (kept.size >= mostKept) kept.clear();
    kept.set(entity, row);
    return row;
  }

  /** SQLite may keep half a surrogate pair as another character; such a row is read again. */
  function keepWritten(entity: Entity, values: readonly Value[]): void {
    if (values.every((value) => typeof value !== 'string' || value.isWellFormed()))
      keep(entity, restoreNaN(Object.fromEntries(fields.map(({ field }, index) => [field, values[index]])), fields));
    else kept.delete(entity);
  }

  return {
    find(entity) {
      const known = kept.get(entity);
      if (known !== undefined) return known;
      const row = find.get(entity);
      return row === undefined ? null : keep(entity, restoreNaN(row, fields));
    },
    findThen(run, position) {
      const row = findThen.get(run, position);
      return row === undefined ? null : restoreNaN(row, fields);
    },
    replace(entity, previous, next, position) {
      if (previous !== null) close.run(position, previous.fromPosition);
      keepWritten(entity, insert(next, position));
    },
    forget: () => kept.clear(),
  };
}
