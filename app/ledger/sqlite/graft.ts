// Inserting events as another ledger stored them, hash and all: for copies, and for what is taken over from an export. Whoever calls it has
// checked that each follows the last one of its stream; the guards of the log hold all the same.
import type { StoredRow } from '../encode.ts';
import type { Connection } from './connection.ts';

/** Returns the position; the next one where the row has none. */
export function prepareGraft(database: Connection): (row: Omit<StoredRow, 'position'> & { position?: number }) => number {
  const open = database.prepare('INSERT INTO streams (version, head_hash, stream) VALUES (?, ?, ?)');
  const move = database.prepare('UPDATE streams SET version = ?, head_hash = ? WHERE stream = ?');
  const ordinal = database.prepare<[string], number>('SELECT ordinal FROM streams WHERE stream = ?').pluck();
  const insert = database.prepare(
    `INSERT INTO events (position, id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ position = null, ...row }: Omit<StoredRow, 'position'> & { position?: number | null }) => {
    const hash = Buffer.from(row.hash, 'hex');
    (row.version === 1 ? open : move).run(row.version, hash, row.stream);
    const { id, version, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob } = row;
    const values = [id, ordinal.get(row.stream), version, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob, hash];
    return Number(insert.run(position, ...values).lastInsertRowid);
  };
}
