// Holds every blob that an event names and that is still kept against its hash, and finds the ones that nothing names: what a crash between blob and event leaves.
import { RunledgerError } from '../../../trainer/errors.ts';
import type { Blobs } from '../ports.ts';
import type { Connection } from '../sqlite/connection.ts';

/** Blobs that must be there: of each stream the newest of each type and reason. Retention lets older checkpoints go (app/runs/retention.ts). */
const newest = `SELECT DISTINCT blob FROM events WHERE position IN
  (SELECT max(position) FROM events WHERE blob IS NOT NULL GROUP BY stream, type, json_extract(data, '$.reason'))`;

export interface BlobReport {
  files: number;
  bytes: number;
  /** In words, one a missing or damaged blob. */
  faults: string[];
  orphans: { sha256: string; bytes: number }[];
}

export async function verifyBlobs(database: Connection, blobs: Blobs): Promise<BlobReport> {
  const named = new Set(database.prepare<[], string>('SELECT DISTINCT blob FROM events WHERE blob IS NOT NULL').pluck().all());
  const due = new Set(database.prepare<[], string>(newest).pluck().all());
  const report: BlobReport = { files: 0, bytes: 0, faults: [], orphans: [] };
  for await (const { sha256, bytes } of blobs.list()) {
    if (named.has(sha256)) continue;
    report.orphans.push({ sha256, bytes });
  }
  for (const sha256 of named) {
    if (!due.has(sha256) && !(await blobs.has(sha256))) continue;
    try {
      report.bytes += (await blobs.get(sha256)).byteLength;
      report.files++;
    } catch (error) {
      if (!(error instanceof RunledgerError)) throw error;
      report.faults.push(error.message);
    }
  }
  return report;
}
