// Holds the live read models against a copy folded from the log, table by table, row by row.
import { decodeEvent, type StoredRow } from '../encode.ts';
import { eventColumns, eventTables } from '../sqlite/columns.ts';
import type { Connection } from '../sqlite/connection.ts';
import { loadSchema } from '../sqlite/migrations.ts';
import { openScratch } from '../sqlite/scratch.ts';

/** What differs, in words; empty where all is equal. */
export function verifyReadModels(database: Connection): string[] {
  const { readModels, fingerprint } = loadSchema();
  const state = database.prepare<[], { fingerprint: string; position: number }>('SELECT fingerprint, position FROM read_models').get();
  if (state?.fingerprint !== fingerprint) return ['made by another version of the program'];
  const { database: fresh, foldAll } = openScratch({ views: false });
  try {
    const rows = database.prepare<[], StoredRow>(`SELECT ${eventColumns} FROM ${eventTables} ORDER BY position`);
    let newest = 0;
    function* events() {
      for (const row of rows.iterate()) {
        newest = row.position;
        yield decodeEvent(row);
      }
    }
    fresh.exec('BEGIN');
    foldAll(events());
    fresh.exec('COMMIT');
    const tables = readModels.filter(({ type }) => type === 'table').map(({ name }) => name);
    const differences = tables.flatMap((table) => compareTable(table, database, fresh) ?? []);
    return state.position === newest ? differences : [`they stand at event ${state.position}, the log at ${newest}`, ...differences];
  } finally {
    fresh.close();
  }
}

/** To the bit: infinity is not NULL, as it is in JSON. */
function sameRow(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, column) => Object.is(value, b[column]));
}

/** The first difference of two tables in the order of their keys. */
export function compareTable(table: string, left: Connection, right: Connection): string | null {
  const read = (database: Connection) =>
    database.prepare<[], unknown[]>(`SELECT * FROM "${table}" ORDER BY 1`).raw().iterate()[Symbol.iterator]();
  const [ours, theirs] = [read(left), read(right)];
  try {
    for (let row = 1; ; row++) {
      const [a, b] = [ours.next(), theirs.next()];
      if (a.done && b.done) return null;
      if (a.done || b.done || !sameRow(a.value, b.value)) return `${table} differs from row ${row} on`;
    }
  } finally {
    ours.return?.();
    theirs.return?.();
  }
}
