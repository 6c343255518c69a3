// Reading the log's tables on a read-only connection: the read half of the Log port.
import { RunledgerError } from '../../../trainer/errors.ts';
import { checkStream, decodeEvent, type StoredRow } from '../encode.ts';
import type { Log } from '../ports.ts';
import { eventColumns, eventTables } from './columns.ts';
import type { Connection } from './connection.ts';

const everything = Number.MAX_SAFE_INTEGER;

export function eventReader(connection: Connection): Omit<Log, 'append'> {
  const ofStream = connection.prepare<[string, number, number], StoredRow>(
    `SELECT ${eventColumns} FROM ${eventTables} WHERE streams.stream = ? AND events.version > ? ORDER BY events.version LIMIT ?`,
  );
  const ofAll = connection.prepare<[number, number], StoredRow>(
    `SELECT ${eventColumns} FROM ${eventTables} WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const headOf = connection.prepare<[string], { version: number; hash: string }>(
    'SELECT version, lower(hex(head_hash)) AS hash FROM streams WHERE stream = ?',
  );

  return {
    async read(name, { after = 0, limit = everything } = {}) {
      checkStream(name);
      return ofStream.all(name, after, limit).map(decodeEvent);
    },
    async readAll({ after = '0', limit = 1000 } = {}) {
      const start = parseCheckpoint(after);
      const rows = ofAll.all(start, limit);
      return { events: rows.map(decodeEvent), checkpoint: String(rows.at(-1)?.position ?? start) };
    },
    async head(name) {
      checkStream(name);
      return headOf.get(name) ?? { version: 0, hash: null };
    },
  };
}

function parseCheckpoint(checkpoint: string): number {
  if (/^\d{1,15}$/.test(checkpoint)) return Number(checkpoint);
  throw new RunledgerError('ledger.checkpoint', `'${checkpoint}' is no checkpoint of this log`, {
    help: 'use what readAll returned, or leave it out',
  });
}
