// What users did with a run: notes, files given up, a request to stop; and how much it takes.
import type { Database } from 'better-sqlite3';
import { bytesNeeded, type RunBytes } from '../../runs/bytes.ts';
import { newestRequest } from '../../runs/requests.ts';

export interface NoteRow {
  note: string;
  /** ISO 8601. */
  notedAt: string;
}

export interface RemovalRow {
  kind: 'pruned' | 'purged';
  files: number;
  bytes: number;
  removedAt: string;
}

export interface KeepingQueries {
  /** The oldest first. */
  notes(runId: string): NoteRow[];
  removals(runId: string): RemovalRow[];
  bytes(runId: string): RunBytes;
  /** Why the run is asked to stop; null where it is not. */
  stopping(runId: string): string | null;
}

export function keepingQueries(database: Database): KeepingQueries {
  const notes = database.prepare<[string], NoteRow>(
    'SELECT note, noted_at AS notedAt FROM v1_notes WHERE run_id = ? ORDER BY position LIMIT 200',
  );
  const removals = database.prepare<[string], RemovalRow>(
    'SELECT kind, files, bytes, removed_at AS removedAt FROM v1_removals WHERE run_id = ? ORDER BY position LIMIT 200',
  );
  return {
    notes: (runId) => notes.all(runId),
    removals: (runId) => removals.all(runId),
    bytes: (runId) => bytesNeeded(database, runId),
    stopping: newestRequest(database),
  };
}
