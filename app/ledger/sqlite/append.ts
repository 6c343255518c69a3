// Appending to the log's tables, inside a transaction that someone else opened. Statements are prepared once.

import { type StoredRow, sameContent } from '../encode.ts';
import type { EncodedEvent } from '../hash.ts';
import { eventHash } from '../hash.ts';
import { idempotence } from '../idempotence.ts';
import { eventColumns, eventTables } from './columns.ts';
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
  const byId = database.prepare<[string], StoredRow>(`SELECT ${eventColumns} FROM ${eventTables} WHERE id = ?`);
  // By far most ids are new, and a look into the index alone takes a tenth of the time that the row would.
  const known = database.prepare<[string], 1>('SELECT 1 FROM events WHERE id = ?').pluck();
  const after = database.prepare<[string, number], StoredRow>(
    `SELECT ${eventColumns} FROM ${eventTables} WHERE streams.stream = ? AND events.version > ? ORDER BY events.version`,
  );
  const head = database.prepare<[string], Head>('SELECT ordinal, version, lower(hex(head_hash)) AS hash FROM streams WHERE stream = ?');
  const insert = database.prepare(
    `INSERT INTO events (id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const open = database.prepare('INSERT INTO streams (stream, version, head_hash) VALUES (?, ?, ?)');
  const move = database.prepare('UPDATE streams SET version = ?, head_hash = ? WHERE ordinal = ?');

  /** The stored rows of an append that came before, or null where all its ids are new. */
  function repeated({ stream, events }: AppendRequest): StoredRow[] | null {
    const ids = new Set(events.map(({ id }) => id));
    if (ids.size < events.length) throw idempotence(events[0]!.id, 'stands twice in one append');
    const rows = events.map(({ id }) => (known.get(id) === undefined ? undefined : byId.get(id)));
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
    const moved = head.get(stream);
    const version = moved?.version ?? 0;
    if (version !== expectedVersion) return { kind: 'conflict', missed: after.all(stream, expectedVersion) };
    if (events.length === 0) return { kind: 'appended', rows: [], fresh: false };

    let hash = moved?.hash ?? null;
    const hashes = events.map((event, index) => {
      hash = eventHash(hash, stream, version + index + 1, event);
      return hash;
    });
    const last = Buffer.from(hash as unknown as string, 'hex');
    const ordinal = moved?.ordinal ?? Number(open.run(stream, version + events.length, last).lastInsertRowid);
    if (moved !== undefined) move.run(version + events.length, last, ordinal);
    const rows = events.map((event, index): StoredRow => {
      const { id, type, schemaVersion, attempt, recordedAt, data, measured, arrays, blob } = event;
      const place = version + index + 1;
      const hash = hashes[index]!;
      const values = [id, ordinal, place, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob, Buffer.from(hash, 'hex')];
      const position = Number(insert.run(values).lastInsertRowid);
      return { position, id, stream, version: place, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob, hash };
    });
    return { kind: 'appended', rows, fresh: true };
  };
}

interface Head {
  ordinal: number;
  version: number;
  /** Hex. */
  hash: string;
}
