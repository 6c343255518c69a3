// The events of one run, newest first, a page at a time, by type where asked; and one of them as it is stored.
import type { Database } from 'better-sqlite3';
import { facts } from '../../ledger/catalogue/facts.ts';
import type { Stretch } from './lineage.ts';
import type { Row } from './row.ts';

export const eventsPerPage = 20;

export interface EventRow {
  position: number;
  version: number;
  type: string;
  recordedAt: string;
  hash: string;
  /** Of `data` and `measured`, parsed. */
  data: Record<string, unknown>;
  measured: Record<string, unknown>;
}

export interface EventQueries {
  /** Versions below `before`; one more than a page tells that there are older ones. */
  page(runId: string, options: { before: number; type: string | null }): { rows: EventRow[]; older: boolean };
  /** How many of each type. */
  counts(runId: string): { type: string; count: number }[];
  /** The newest of its type: what was measured at the start was measured by the attempt that stands. */
  last(runId: string, type: string): EventRow | null;
  /** The newest verdict of a replay. */
  replay(runId: string): EventRow | null;
  /** How many facts lie between these positions, both exclusive; where stretches overlap, once. */
  factsWithin(runId: string, stretches: readonly Stretch[]): number;
  /** Positions of events of a type, at most a few hundred. */
  positions(runId: string, type: string): number[];
  /** Positions of the first and the newest event about the run, notes and verdicts included. */
  span(runId: string): { first: number; newest: number };
  /** The stored text of one event, with `data` and `measured` in place; null where there is none. */
  stored(runId: string, version: number): string | null;
}

export function eventQueries(database: Database): EventQueries {
  const columns = 'position, version, type, recorded_at, hash, data, measured';
  const all = database.prepare<[string, number, number], Row>(
    `SELECT ${columns} FROM v1_events WHERE stream = ? AND version < ? ORDER BY version DESC LIMIT ?`,
  );
  const ofType = database.prepare<[string, number, string, number], Row>(
    `SELECT ${columns} FROM v1_events WHERE stream = ? AND version < ? AND type = ? ORDER BY version DESC LIMIT ?`,
  );
  const counts = database.prepare<[string], { type: string; count: number }>(
    'SELECT type, count(*) AS count FROM v1_events WHERE stream = ? GROUP BY type ORDER BY min(version)',
  );
  const last = database.prepare<[string, string], Row>(
    `SELECT ${columns} FROM v1_events WHERE stream = ? AND type = ? ORDER BY version DESC LIMIT 1`,
  );
  const positions = database
    .prepare<[string, string], number>('SELECT position FROM v1_events WHERE stream = ? AND type = ? ORDER BY version LIMIT 300')
    .pluck();
  const within = database
    .prepare<[string, string, string], number>(
      `SELECT count(*) FROM v1_events WHERE stream = ? AND type IN (SELECT value FROM json_each(?))
       AND EXISTS (SELECT 1 FROM json_each(?) AS stretch WHERE position > stretch.value ->> 'after' AND position < stretch.value ->> 'before')`,
    )
    .pluck();
  const firstOf = database.prepare<[string], number>('SELECT position FROM v1_events WHERE stream = ? ORDER BY version LIMIT 1').pluck();
  const newestOf = database
    .prepare<[string], number>('SELECT position FROM v1_events WHERE stream = ? ORDER BY version DESC LIMIT 1')
    .pluck();
  const stored = database.prepare<[string, number], Row>('SELECT * FROM v1_events WHERE stream = ? AND version = ?');
  return {
    page: (runId, { before, type }) => {
      const most = eventsPerPage + 1;
      const rows = type === null ? all.all(stream(runId), before, most) : ofType.all(stream(runId), before, type, most);
      return { rows: rows.slice(0, eventsPerPage).map(toEvent), older: rows.length === most };
    },
    counts: (runId) => counts.all(stream(runId)),
    last: (runId, type) => {
      const row = last.get(stream(runId), type);
      return row === undefined ? null : toEvent(row);
    },
    replay: (runId) => {
      const row = last.get(`${stream(runId)}/after`, 'RunReplayed');
      return row === undefined ? null : toEvent(row);
    },
    factsWithin: (runId, stretches) => within.get(stream(runId), JSON.stringify(Object.keys(facts)), JSON.stringify(stretches)) ?? 0,
    positions: (runId, type) => positions.all(stream(runId), type),
    span: (runId) => ({
      first: firstOf.get(stream(runId)) ?? 0,
      newest: Math.max(...['', '/notes', '/requests', '/after'].map((side) => newestOf.get(stream(runId) + side) ?? 0)),
    }),
    stored: (runId, version) => {
      const row = stored.get(stream(runId), version);
      return row === undefined ? null : asText(row);
    },
  };
}

const stream = (runId: string) => `run/${runId}`;

function toEvent(row: Row): EventRow {
  return {
    position: Number(row.position),
    version: Number(row.version),
    type: String(row.type),
    recordedAt: String(row.recorded_at),
    hash: String(row.hash),
    data: JSON.parse(String(row.data ?? '{}')) as Record<string, unknown>,
    measured: JSON.parse(String(row.measured ?? '{}')) as Record<string, unknown>,
  };
}

/** `data` and `measured` are copied as stored, so that no number changes its digits on the way. */
function asText(row: Row): string {
  const fields = Object.entries(row).map(([name, value]) => {
    const json = (name === 'data' || name === 'measured') && value !== null ? String(value) : JSON.stringify(value);
    return `${JSON.stringify(name)}:${json}`;
  });
  return `{${fields.join(',')}}`;
}
