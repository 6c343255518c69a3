// What a ledger is measured against: the very same rows, event by event, through statements that were prepared once. No ids are looked up, no
// versions compared, no hash computed, no JSON read, no trigger asked; tables, indexes and pragmas are the ledger's own.

import type { AppendRequest } from '../../../app/ledger/sqlite/append.ts';
import type { Connection } from '../../../app/ledger/sqlite/connection.ts';
import { openConnection } from '../../../app/ledger/sqlite/connection.ts';
import { loadSchema, migrateLog } from '../../../app/ledger/sqlite/migrations.ts';
import { createTables } from '../../../app/ledger/sqlite/rebuild.ts';

type Values = unknown[];

/** One statement to run; `sql` is one of a few texts. */
export interface Write {
  sql: string;
  values: Values;
}

/** What each transaction wrote, read back from a ledger that the program filled. */
export function writesOf(database: Connection, transactions: readonly AppendRequest[][]): Write[][] {
  const ofEvent = Map.groupBy(projectedRows(database), ({ position }) => position);
  const event = database.prepare<[string], Values>('SELECT * FROM events WHERE id = ?').raw();
  const ordinal = database.prepare<[string], number>('SELECT ordinal FROM streams WHERE stream = ?').pluck();
  return transactions.map((transaction) =>
    transaction.flatMap(({ stream, expectedVersion, events }) => {
      const rows = events.map(({ id }) => event.get(id)!);
      const hash = rows.at(-1)!.at(-1);
      const version = expectedVersion + rows.length;
      const head =
        expectedVersion === 0
          ? { sql: 'INSERT INTO streams (stream, version, head_hash) VALUES (?, ?, ?)', values: [stream, version, hash] }
          : { sql: 'UPDATE streams SET version = ?, head_hash = ? WHERE ordinal = ?', values: [version, hash, ordinal.get(stream)] };
      const writes = rows.flatMap(([position, ...values]) => [{ sql: insertEvent, values }, ...(ofEvent.get(position as number) ?? [])]);
      return [head, ...writes];
    }),
  );
}

const insertEvent = `INSERT INTO events (id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Rows of the read models as they were inserted, and the closing of those that another one followed. */
function projectedRows(database: Connection): (Write & { position: number })[] {
  return loadSchema()
    .readModels.filter(({ type }) => type === 'table')
    .flatMap(({ name }) => {
      const columns = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(name);
      const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}" ORDER BY 1`).all();
      const key = columns[0] as string;
      const insert = `INSERT INTO "${name}" VALUES (${columns.map(() => '?')})`;
      const close = `UPDATE "${name}" SET to_position = ? WHERE "${key}" = ?`;
      const closings = rows
        .filter(({ to_position }) => typeof to_position === 'number')
        .map((row) => ({ position: row.to_position as number, sql: close, values: [row.to_position, row[key]] }));
      const inserts = rows.map((row) => ({
        position: row[key] as number,
        sql: insert,
        values: columns.map((column) => (column === 'to_position' ? null : row[column])),
      }));
      return [...closings, ...inserts];
    });
}

export interface BareWriter {
  write(transaction: readonly Write[]): void;
  close(): void;
}

export function openBare(file: string): BareWriter {
  const database = openConnection(file, { write: true });
  migrateLog(database);
  for (const { type, name } of loadSchema().guards) if (type === 'trigger') database.exec(`DROP TRIGGER "${name}"`);
  createTables(database, '');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const prepared = new Map<string, ReturnType<Connection['prepare']>>();
  return {
    write(transaction) {
      begin.run();
      for (const { sql, values } of transaction) {
        const statement = prepared.get(sql) ?? database.prepare(sql);
        prepared.set(sql, statement);
        statement.run(values);
      }
      commit.run();
    },
    close: () => void database.close(),
  };
}
