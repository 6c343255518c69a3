// The open row of each entity of a state projection: found, followed by its next version. Events of a run come one after another and each
// asks for the same row, so rows stay in memory, exactly as they would be read back; and a version that is followed soon is written
// once, closed, without ever entering the indexes of open rows.
import type { Connection } from './connection.ts';
import { type AnyRow, asInserted, fieldsOf, prepareInsert, restoreNaN } from './rows.ts';

type Entity = string | number;

export interface OpenRows {
  find(entity: Entity): AnyRow | null;
  /** The version of a run's row that stood at a position. */
  findThen(run: number, position: number): AnyRow | null;
  /** Closes what `find` gave and opens its next version. */
  replace(entity: Entity, next: AnyRow, position: number): void;
  /** Writes what is in memory only. */
  write(): void;
  /** Reads everything again from now on. */
  forget(): void;
}

interface Version {
  row: AnyRow;
  fromPosition: number;
  isWritten: boolean;
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
  const kept = new Map<Entity, Version>();
  const unwritten = new Set<Version>();

  function write(): void {
    for (const version of unwritten) {
      insert(version.row, version.fromPosition);
      version.isWritten = true;
    }
    unwritten.clear();
  }

  function end(version: Version, position: number): void {
    if (version.isWritten) close.run(position, version.fromPosition);
    else insert(version.row, version.fromPosition, position);
    unwritten.delete(version);
  }

  return {
    find(entity) {
      const known = kept.get(entity);
      if (known !== undefined) return known.row;
      const found = find.get(entity);
      if (found === undefined) return null;
      const row = restoreNaN(found, fields);
      kept.set(entity, { row, fromPosition: row.fromPosition as number, isWritten: true });
      return row;
    },
    findThen(run, position) {
      write();
      const row = findThen.get(run, position);
      return row === undefined ? null : restoreNaN(row, fields);
    },
    replace(entity, next, position) {
      const before = kept.get(entity);
      if (before !== undefined) end(before, position);
      if (kept.size >= mostKept) {
        write();
        kept.clear();
      }
      const version = { row: asInserted(next, fields), fromPosition: position, isWritten: false };
      kept.set(entity, version);
      unwritten.add(version);
    },
    write,
    forget() {
      kept.clear();
      unwritten.clear();
    },
  };
}
