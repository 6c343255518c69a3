// Holds every blob that must be there, and every other that still is, against its hash, and finds the ones that nothing names: what a crash
// between blob and event leaves. Which must be there is `needed.ts`; what a run gave up by `prune` or `purge` is not missing.
import { RunledgerError } from '../../../trainer/errors.ts';
import { allDue, allNamed, type Needs, readNeeds } from '../needed.ts';
import type { Blobs } from '../ports.ts';
import type { Connection } from '../sqlite/connection.ts';

export interface BlobReport {
  files: number;
  bytes: number;
  /** In words, one a missing or damaged blob. */
  faults: string[];
  orphans: { sha256: string; bytes: number }[];
}

/** `latest` reads what is needed by now: whoever records meanwhile lets files go that `database`, a moment held still, still needs. */
export async function verifyBlobs(database: Connection, blobs: Blobs, latest: () => Needs): Promise<BlobReport> {
  const needs = readNeeds(database);
  const named = allNamed(needs);
  const due = allDue(needs);
  const report: BlobReport = { files: 0, bytes: 0, faults: [], orphans: [] };
  for await (const { sha256, bytes } of blobs.list()) {
    if (named.has(sha256)) continue;
    report.orphans.push({ sha256, bytes });
  }
  for (const sha256 of named) {
    try {
      report.bytes += (await blobs.get(sha256)).byteLength;
      report.files++;
    } catch (error) {
      if (!(error instanceof RunledgerError)) throw error;
      if (error.code === 'ledger.blobMissing' && !(due.has(sha256) && allDue(latest()).has(sha256))) continue;
      report.faults.push(error.message);
    }
  }
  return report;
}
