// Appending to the log's tables, inside a transaction that someone else opened. Statements are prepared once.

import { type StoredRow, sameContent } from '../encode.ts';
import type { EncodedEvent } from '../hash.ts';
import { eventHash } from '../hash.ts';
import { idempotence } from '../idempotence.ts';
import { eventColumns } from './columns.ts';
import type { Connection } from './connection.ts';

export interface AppendRequest {
  stream: string;
  expectedVersion: number;
  events: EncodedEvent[];
}

/** `fresh` are rows that this append made; a repeated append gives the stored rows and `fresh: false`. */
export type AppendOutcome = { kind: 'appended'; rows: StoredRow[]; fresh: boolean } | { kind: 'conflict'; missed: StoredRow[] };

export type Append = (request: AppendRequest) => AppendOutcome;

export function prepareAppend(database: Connection): Append {
  const byId = database.prepare<[string], StoredRow>(`SELECT ${eventColumns} FROM events WHERE id = ?`);
  const after = database.prepare<[string, number], StoredRow>(
    `SELECT ${eventColumns} FROM events WHERE stream = ? AND version > ? ORDER BY version`,
  );
  const head = database.prepare<[string], { version: number; hash: string }>(
    'SELECT version, head_hash AS hash FROM streams WHERE stream = ?',
  );
  const insert = database.prepare(
    `INSERT INTO events (id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const open = database.prepare('INSERT INTO streams (version, head_hash, head_position, stream) VALUES (?, ?, ?, ?)');
  const move = database.prepare('UPDATE streams SET version = ?, head_hash = ?, head_position = ? WHERE stream = ?');

  /** The stored rows of an append that came before, or null where all its ids are new. */
  function repeated({ stream, events }: AppendRequest): StoredRow[] | null {
    const ids = new Set(events.map(({ id }) => id));
    if (ids.size < events.length) throw idempotence(events[0]!.id, 'stands twice in one append');
    const rows = events.map(({ id }) => byId.get(id));
    const stored = rows.filter((row) => row !== undefined);
    if (stored.length === 0) return null;
    if (stored.length < rows.length) throw idempotence(stored[0]!.id, 'is stored already, other events of this append are not');
    for (const [index, row] of stored.entries()) {
      if (row.stream !== stream || !sameContent(row, events[index]!)) throw idempotence(row.id, 'is stored with other content');
    }
    return stored;
  }

  return (request) => {
    const { stream, expectedVersion, events } = request;
    const before = repeated(request);
    if (before !== null) return { kind: 'appended', rows: before, fresh: false };
    const { version, hash } = head.get(stream) ?? { version: 0, hash: null };
    if (version !== expectedVersion) return { kind: 'conflict', missed: after.all(stream, expectedVersion) };
    let previous = hash;
    const rows = events.map((event, index): StoredRow => {
      const place = version + index + 1;
      previous = eventHash(previous, stream, place, event);
      const { id, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob } = event;
      const { lastInsertRowid } = insert.run(
        id,
        stream,
        place,
        attempt,
        type,
        schemaVersion,
        recordedAt,
        data,
        measured,
        arrays,
        blob,
        previous,
      );
      return { ...event, position: Number(lastInsertRowid), stream, version: place, hash: previous };
    });
    const last = rows.at(-1);
    if (last !== undefined) (version === 0 ? open : move).run(last.version, last.hash, last.position, stream);
    return { kind: 'appended', rows, fresh: true };
  };
}
