// The events of one run, newest first, a page at a time, by type where asked; and one of them as it is stored.
import type { Database } from 'better-sqlite3';
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
  /** How many of each type, up to a version. */
  counts(runId: string, upTo: number): { type: string; count: number }[];
  first(runId: string, type: string): EventRow | null;
  /** The last of its type up to a version. */
  last(runId: string, type: string, upTo: number): EventRow | null;
  /** Versions of events of a type, at most a few hundred. */
  versions(runId: string, type: string): number[];
  /** Version of the newest event; 0 where there is none. */
  newest(runId: string): number;
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
  const counts = database.prepare<[string, number], { type: string; count: number }>(
    'SELECT type, count(*) AS count FROM v1_events WHERE stream = ? AND version <= ? GROUP BY type ORDER BY min(version)',
  );
  const first = database.prepare<[string, string], Row>(
    `SELECT ${columns} FROM v1_events WHERE stream = ? AND type = ? ORDER BY version LIMIT 1`,
  );
  const last = database.prepare<[string, string, number], Row>(
    `SELECT ${columns} FROM v1_events WHERE stream = ? AND type = ? AND version <= ? ORDER BY version DESC LIMIT 1`,
  );
  const versions = database
    .prepare<[string, string], number>('SELECT version FROM v1_events WHERE stream = ? AND type = ? ORDER BY version LIMIT 300')
    .pluck();
  const newest = database.prepare<[string], number>('SELECT version FROM v1_events WHERE stream = ? ORDER BY version DESC LIMIT 1').pluck();
  const stored = database.prepare<[string, number], Row>('SELECT * FROM v1_events WHERE stream = ? AND version = ?');
  return {
    page: (runId, { before, type }) => {
      const most = eventsPerPage + 1;
      const rows = type === null ? all.all(stream(runId), before, most) : ofType.all(stream(runId), before, type, most);
      return { rows: rows.slice(0, eventsPerPage).map(toEvent), older: rows.length === most };
    },
    counts: (runId, upTo) => counts.all(stream(runId), upTo),
    first: (runId, type) => {
      const row = first.get(stream(runId), type);
      return row === undefined ? null : toEvent(row);
    },
    last: (runId, type, upTo) => {
      const row = last.get(stream(runId), type, upTo);
      return row === undefined ? null : toEvent(row);
    },
    versions: (runId, type) => versions.all(stream(runId), type),
    newest: (runId) => newest.get(stream(runId)) ?? 0,
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
