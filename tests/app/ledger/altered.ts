// One recorded event made to say something else, as a hand with another program would do it: its chain is broken, and nothing else is touched.
import Database from 'better-sqlite3';

export interface AlteredRow {
  /** JSON. */
  data: string;
  arrays: Buffer | null;
}

/** Changes the event of `type` of a run's epoch in a ledger.db that nobody has open. */
export function alterEvent(
  file: string,
  { runId, type, epoch }: { runId: string; type: string; epoch: number },
  change: (row: AlteredRow) => void,
): void {
  const database = new Database(file);
  const [trigger] = database.prepare<[], { sql: string }>("SELECT sql FROM sqlite_schema WHERE name = 'events_never_change'").all();
  const row = database
    .prepare<[string, string, number], AlteredRow & { position: number }>(
      `SELECT position, data, arrays FROM events JOIN streams ON streams.ordinal = events.stream
       WHERE streams.stream = ? AND type = ? AND data ->> '$.epoch' = ?`,
    )
    .get(`run/${runId}`, type, epoch)!;
  change(row);
  database.exec('DROP TRIGGER events_never_change');
  database.prepare('UPDATE events SET data = ?, arrays = ? WHERE position = ?').run(row.data, row.arrays, row.position);
  database.exec(trigger!.sql);
  database.close();
}
