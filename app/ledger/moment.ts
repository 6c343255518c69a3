// What "as of event N" means to every reader: N is a position in the ledger, and from the newest event on it is the present.
import type { Database } from 'better-sqlite3';

export interface Moment {
  /** Of the event just after which everything is shown. */
  position: number;
  /** When it was recorded, ISO 8601. */
  recordedAt: string;
}

/** Null where the position is the present: the newest event's, or of one that has not happened yet. */
export function momentReader(database: Database): (position: number) => Moment | null {
  const newest = database.prepare<[], number>('SELECT position FROM v1_events ORDER BY position DESC LIMIT 1').pluck();
  const recorded = database
    .prepare<[number], string>('SELECT recorded_at FROM v1_events WHERE position <= ? ORDER BY position DESC LIMIT 1')
    .pluck();
  return (position) => {
    const recordedAt = position < (newest.get() ?? 0) ? recorded.get(position) : undefined;
    return recordedAt === undefined ? null : { position, recordedAt };
  };
}
