// A ledger held still while others go on writing: one read transaction, and the files that its events need, kept from retention by links of
// their own (by copies where the file system has none). Retention lets a file go only after a newer event is committed, so a
// needed file that is missing means that the snapshot is too old; then a newer one is taken, which needs only what came since.
import { constants } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileBlobs } from '../files.ts';
import type { LedgerFolder } from '../folder.ts';
import { missingBlob } from '../memory/blobs.ts';
import { dueOf, type Holding, type Needs, readNeeds } from '../needed.ts';
import { type Connection, openConnection, storageError } from '../sqlite/connection.ts';
import { checkGuards, checkIdentity } from '../sqlite/migrations.ts';
import { fileError } from './sealed.ts';

export interface Snapshot {
  /** Within the transaction. */
  readonly database: Connection;
  /** By name, sorted. */
  readonly files: readonly HeldFile[];
  /** Folder for temporary files, gone with the snapshot. */
  readonly folder: string;
  release(): Promise<void>;
}

export interface HeldFile {
  sha256: string;
  bytes: number;
  /** Verified. Error `ledger.blobDamaged`. */
  read(): Promise<Uint8Array>;
}

export interface SnapshotOptions {
  /** Temporary files lie beside it. */
  beside: string;
  /** Whether the files of a run (`run/<uuid>`) are wanted; all by default. */
  wants?: (owner: string) => boolean;
  signal?: AbortSignal | undefined;
}

/** Errors: `ledger.blobMissing` where a file is needed and gone, and those of opening a ledger. */
export async function holdSnapshot(ledger: LedgerFolder, { beside, wants = () => true, signal }: SnapshotOptions): Promise<Snapshot> {
  const folder = await makeFolder(beside);
  const database = openConnection(ledger.database, { write: false });
  const release = async (): Promise<void> => {
    if (database.open) database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    checkIdentity(database);
    checkGuards(database);
    const pins = createPins(ledger.blobs, folder);
    await pinNeeded(database, pins, wants, signal);
    return { database, folder, files: pins.held(), release };
  } catch (error) {
    await release();
    throw storageError(error, ledger.database);
  }
}

async function makeFolder(beside: string): Promise<string> {
  try {
    await mkdir(dirname(beside), { recursive: true });
    return await mkdtemp(`${beside}.`);
  } catch (error) {
    throw fileError(error, beside);
  }
}

/** Ends with the transaction open. */
async function pinNeeded(
  database: Connection,
  pins: ReturnType<typeof createPins>,
  wants: (owner: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const needs: Needs = { holdings: new Map(), position: 0 };
  const wanted = (): Holding[] => [...needs.holdings].filter(([owner]) => wants(owner)).map(([, holding]) => holding);
  let missing = new Set<string>();
  for (;;) {
    signal?.throwIfAborted();
    database.exec('BEGIN');
    readNeeds(database, needs);
    const before = missing;
    missing = new Set();
    for (const holding of wanted()) for (const sha256 of dueOf(holding)) if (!(await pins.pin(sha256))) missing.add(sha256);
    if (missing.size === 0) break;
    // Still needed by a snapshot that was taken after it was found missing: nobody let it go.
    const lost = [...missing].find((sha256) => before.has(sha256));
    if (lost !== undefined) throw missingBlob(lost);
    database.exec('COMMIT');
  }
  // Others that are still there: what a lost stretch took, what nobody has pruned yet.
  for (const { named } of wanted()) for (const sha256 of named) await pins.pin(sha256);
}

function createPins(blobs: string, folder: string) {
  const held = new Map<string, number>();
  const store = fileBlobs(folder, () => '');
  return {
    /** False where there is no such file. */
    async pin(sha256: string): Promise<boolean> {
      if (held.has(sha256)) return true;
      const [from, to] = [blobs, folder].map((place) => join(place, sha256.slice(0, 2), sha256)) as [string, string];
      try {
        await mkdir(dirname(to), { recursive: true });
        await link(from, to).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') throw error;
          return copyFile(from, to, constants.COPYFILE_FICLONE);
        });
        held.set(sha256, (await stat(to)).size);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
    },
    held: (): HeldFile[] =>
      [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sha256, bytes]) => ({ sha256, bytes, read: () => store.get(sha256) })),
  };
}
