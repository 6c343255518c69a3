// What runs take: their events in the database, and their checkpoints as files. A file that several runs need counts for each of them.
import type { Database } from 'better-sqlite3';
import { dueOf, readHolding } from '../ledger/needed.ts';
import type { Blobs } from '../ledger/ports.ts';

export interface RunBytes {
  /** Of the events' own texts and arrays, those of notes and of what came afterwards included. */
  events: number;
  /** Of the files that are there. */
  blobs: number;
}

/** Of one run, as its files are on the disk. */
export async function bytesOfRun(database: Database, blobs: Pick<Blobs, 'has'>, runId: string): Promise<RunBytes> {
  let sum = 0;
  for (const { sha256, bytes } of namedFiles(database, runId)) if (await blobs.has(sha256)) sum += bytes;
  return { events: eventBytes(database, runId), blobs: sum };
}

function eventBytes(database: Database, runId: string): number {
  const streams = [`run/${runId}`, ...['notes', 'requests', 'after'].map((part) => `run/${runId}/${part}`)];
  const sum = database
    .prepare<[string], number>(
      `SELECT coalesce(sum(length(CAST(data AS BLOB)) + length(CAST(measured AS BLOB)) + coalesce(array_bytes, 0)), 0) FROM v1_events
       WHERE stream IN (SELECT value FROM json_each(?))`,
    )
    .pluck();
  return sum.get(JSON.stringify(streams)) ?? 0;
}

/** From the events alone: of the checkpoints that the run needs, not of those that happen to be there still. */
export function bytesNeeded(database: Database, runId: string): RunBytes {
  const holding = readHolding(database, runId);
  const due = dueOf(holding);
  const sizes = new Map(holding.checkpoints.map(({ sha256, bytes }) => [sha256, bytes]));
  return { events: eventBytes(database, runId), blobs: [...due].reduce((sum, sha256) => sum + (sizes.get(sha256) ?? 0), 0) };
}

/** Of lost stretches too; a fork's origin is a file of the run it began from as well. */
function namedFiles(database: Database, runId: string): { sha256: string; bytes: number }[] {
  return database
    .prepare<[string], { sha256: string; bytes: number }>(
      `SELECT DISTINCT blob AS sha256, data ->> '$.bytes' AS bytes FROM v1_events
       WHERE stream = 'run/' || ? AND type = 'CheckpointTaken' AND blob IS NOT NULL`,
    )
    .all(runId);
}

/** Of all runs at once, by id: one pass over the log. `sizes` are those of the files that are there. */
export function bytesOfRuns(database: Database, sizes: ReadonlyMap<string, number>): Map<string, RunBytes> {
  const found = new Map<string, RunBytes>();
  const of = (runId: string): RunBytes => {
    const bytes = found.get(runId) ?? { events: 0, blobs: 0 };
    found.set(runId, bytes);
    return bytes;
  };
  const events = database.prepare<[], { runId: string; bytes: number }>(
    `SELECT substr(stream, 5, 36) AS runId, sum(length(CAST(data AS BLOB)) + length(CAST(measured AS BLOB)) + coalesce(array_bytes, 0)) AS bytes
     FROM v1_events WHERE stream LIKE 'run/%' GROUP BY 1`,
  );
  for (const { runId, bytes } of events.all()) of(runId).events = bytes;
  const files = database.prepare<[], { runId: string; sha256: string }>(
    `SELECT DISTINCT substr(stream, 5, 36) AS runId, blob AS sha256 FROM v1_events WHERE blob IS NOT NULL AND stream LIKE 'run/%'`,
  );
  for (const { runId, sha256 } of files.iterate()) of(runId).blobs += sizes.get(sha256) ?? 0;
  return found;
}
