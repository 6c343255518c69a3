// Reading the log's tables on a read-only connection: the read half of the Log port.
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { RunledgerError } from '../../../trainer/index.ts';
import { events, streams } from '../../db/log.ts';
import { checkStream, decodeEvent } from '../encode.ts';
import type { Log } from '../ports.ts';
import type { Connection } from './connection.ts';

const everything = Number.MAX_SAFE_INTEGER;

export function eventReader(connection: Connection): Omit<Log, 'append'> {
  const database = drizzle(connection);
  const after = sql.placeholder('after');
  const stream = sql.placeholder('stream');
  const limit = sql.placeholder('limit');
  const columns = { ...getTableColumns(events), stream: streams.stream, hash: sql<string>`lower(hex(${events.hash}))` };
  const all = () => database.select(columns).from(events).innerJoin(streams, eq(streams.ordinal, events.stream));
  const ofStream = all()
    .where(and(eq(streams.stream, stream), gt(events.version, after)))
    .orderBy(asc(events.version))
    .limit(limit)
    .prepare();
  const ofAll = all().where(gt(events.position, after)).orderBy(asc(events.position)).limit(limit).prepare();
  const headOf = database
    .select({ version: streams.version, hash: sql<string>`lower(hex(${streams.headHash}))` })
    .from(streams)
    .where(eq(streams.stream, stream))
    .prepare();

  return {
    async read(name, options = {}) {
      checkStream(name);
      return ofStream.all({ stream: name, after: options.after ?? 0, limit: options.limit ?? everything }).map(decodeEvent);
    },
    async readAll(options = {}) {
      const start = parseCheckpoint(options.after ?? '0');
      const rows = ofAll.all({ after: start, limit: options.limit ?? 1000 });
      return { events: rows.map(decodeEvent), checkpoint: String(rows.at(-1)?.position ?? start) };
    },
    async head(name) {
      checkStream(name);
      return headOf.get({ stream: name }) ?? { version: 0, hash: null };
    },
  };
}

function parseCheckpoint(checkpoint: string): number {
  if (/^\d{1,15}$/.test(checkpoint)) return Number(checkpoint);
  throw new RunledgerError('ledger.checkpoint', `'${checkpoint}' is no checkpoint of this log`, {
    help: 'use what readAll returned, or leave it out',
  });
}
