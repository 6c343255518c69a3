// Recomputes the hash of every event and holds the ends of the streams against the table of streams. What a chain cannot prove stands in
// docs/sql.md: a missing tail, and a rewrite by whoever owns the file.
import { createHash } from 'node:crypto';
import type { StoredRow } from '../encode.ts';
import { eventHash } from '../hash.ts';
import { eventColumns, eventTables } from '../sqlite/columns.ts';
import type { Connection } from '../sqlite/connection.ts';

/** One end of a stream, to be kept elsewhere. */
export interface Head {
  stream: string;
  version: number;
  hash: string;
}

/** The first event of a stream that is not what was recorded. */
export interface Damage {
  stream: string;
  version: number;
  /** Null where the event is missing. */
  position: number | null;
  type: string | null;
  /** Hash of what stands there now. */
  found: string | null;
  /** Hash that was recorded. */
  expected: string | null;
  /** Later events of the stream, whose hashes rest on it. */
  restsOnIt: number;
}

export interface ChainReport {
  events: number;
  streams: number;
  /** Events whose stream is not in the table of streams: no reading meets them. */
  strays: number;
  damages: Damage[];
}

interface Progress {
  version: number;
  hash: string;
  damage: Damage | null;
}

export function verifyChain(database: Connection): ChainReport {
  const streams = new Map<string, Progress>();
  const rows = database.prepare<[], StoredRow>(`SELECT ${eventColumns} FROM ${eventTables} ORDER BY position`);
  let events = 0;
  for (const row of rows.iterate()) {
    events++;
    const before = streams.get(row.stream) ?? { version: 0, hash: null, damage: null };
    streams.set(row.stream, follow(before, row));
  }
  for (const head of readHeads(database)) {
    const last = streams.get(head.stream);
    if (last?.damage || (last?.version === head.version && last.hash === head.hash)) continue;
    const at = { stream: head.stream, position: null, type: null, restsOnIt: 0 };
    const damage: Damage = { ...at, version: head.version, found: last?.hash ?? null, expected: head.hash };
    streams.set(head.stream, { version: head.version, hash: head.hash, damage });
  }
  // The earliest first; a missing end stands nowhere.
  const damages = [...streams.values()]
    .flatMap(({ damage }) => damage ?? [])
    .sort((a, b) => (a.position ?? Number.MAX_SAFE_INTEGER) - (b.position ?? Number.MAX_SAFE_INTEGER));
  const all = database.prepare<[], number>('SELECT count(*) FROM events').pluck().get() ?? 0;
  return { events, streams: streams.size, strays: all - events, damages };
}

function follow(before: { version: number; hash: string | null; damage: Damage | null }, row: StoredRow): Progress {
  const { stream, version, position, type, hash: expected } = row;
  if (before.damage !== null) {
    before.damage.restsOnIt++;
    return { version, hash: expected, damage: before.damage };
  }
  const found = readable(row) ? eventHash(before.hash, stream, version, row) : null;
  if (found === expected && version === before.version + 1) return { version, hash: expected, damage: null };
  return { version, hash: expected, damage: { stream, version, position, type, found, expected, restsOnIt: 0 } };
}

/** A damaged row may hold what its table forbids: a number for a text, NULL for something. */
function readable({ id, stream, type, recordedAt, data, measured, arrays, blob }: StoredRow): boolean {
  const isText = (value: unknown) => typeof value === 'string';
  return (
    [id, stream, type, recordedAt, data, measured].every(isText) &&
    (arrays === null || (arrays as unknown) instanceof Uint8Array) &&
    (blob === null || isText(blob))
  );
}

/** Ends of all streams, by name. */
export function readHeads(database: Connection): Head[] {
  return database.prepare<[], Head>('SELECT stream, version, lower(hex(head_hash)) AS hash FROM streams ORDER BY stream').all();
}

/** One SHA-256, hex, for the whole ledger: over the lines `stream version hash` of all heads. The same after a merge that adds nothing. */
export function ledgerHead(heads: readonly Head[]): string {
  const hash = createHash('sha256');
  for (const { stream, version, hash: head } of heads) hash.update(`${stream} ${version} ${head}\n`);
  return hash.digest('hex');
}
