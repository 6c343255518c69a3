// A copy of the whole ledger while others write: an archive that any tar unpacks into a folder that is a ledger, as of one moment, with
// every file that its events need.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ledgerFolder } from '../folder.ts';
import { openConnection } from '../sqlite/connection.ts';
import { type Head, ledgerHead, readHeads } from '../verify/chain.ts';
import { type Archive, writeSealed } from './sealed.ts';
import { holdSnapshot, type Snapshot } from './snapshot.ts';

export interface BackupOptions {
  out: string;
  overwrite: boolean;
  onProgress?: (what: 'pages' | 'files', done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface BackedUp {
  /** Newest event in it. */
  position: number;
  files: number;
  fileBytes: number;
  archiveBytes: number;
  head: string;
  heads: Head[];
}

/** The database as an entry; blobs stand in `blobs/ab/ab…`, as in a ledger. */
export const databaseName = 'ledger.db';

/** Pages copied between two looks at the rest of the program. */
const pagesAtOnce = 1_000;

/** Errors: those of `holdSnapshot` and `writeSealed`. */
export async function backupLedger(folder: string, { out, overwrite, onProgress, signal }: BackupOptions): Promise<BackedUp> {
  const snapshot = await holdSnapshot(ledgerFolder(folder, { create: false }), { beside: out, signal });
  try {
    const database = await copyDatabase(snapshot, onProgress, signal);
    const heads = readHeads(snapshot.database);
    const position = snapshot.database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck().get() ?? 0;
    const archiveBytes = await writeSealed(out, { overwrite }, async (archive) => {
      await addFile(archive, databaseName, database);
      for (const [index, { sha256, read }] of snapshot.files.entries()) {
        signal?.throwIfAborted();
        await archive.add(`blobs/${sha256.slice(0, 2)}/${sha256}`, await read());
        onProgress?.('files', index + 1, snapshot.files.length);
      }
    });
    const fileBytes = snapshot.files.reduce((sum, { bytes }) => sum + bytes, 0);
    return { position, files: snapshot.files.length, fileBytes, archiveBytes, head: ledgerHead(heads), heads };
  } finally {
    await snapshot.release();
  }
}

/** Page by page within the snapshot's transaction: what others commit meanwhile neither enters nor makes it begin again. */
async function copyDatabase(
  { database, folder }: Snapshot,
  onProgress: BackupOptions['onProgress'],
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = join(folder, databaseName);
  await database.backup(path, {
    progress({ totalPages, remainingPages }) {
      signal?.throwIfAborted();
      onProgress?.('pages', totalPages - remainingPages, totalPages);
      return pagesAtOnce;
    },
  });
  // Who trains what is true here and now only: in the copy nobody does.
  const copy = openConnection(path, { write: true });
  try {
    copy.exec('DELETE FROM leases');
    copy.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    copy.close();
  }
  return path;
}

async function addFile(archive: Archive, name: string, path: string): Promise<void> {
  await archive.add(name, { size: (await stat(path)).size, stream: createReadStream(path) });
}
