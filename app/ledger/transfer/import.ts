// Takes an export over: reads and checks it beside the ledger, puts its files in place, then its events in one transaction. Refused whole, or
// taken over whole; a second time nothing is left to do.
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { dueOf } from '../needed.ts';
import type { Blobs } from '../ports.ts';
import type { LedgerWriter } from '../sqlite/writer.ts';
import { type Copy, type MergeHost, needsAfter, planMerge } from './merge.ts';
import { readExport, type Staged } from './read.ts';
import { checkSeal } from './sealed.ts';

export interface ImportRequest {
  path: string;
  asCopy: boolean;
  mostBytes: number;
}

export interface Imported {
  /** New here. */
  events: number;
  files: number;
  fileBytes: number;
  copies: Copy[];
  /** Streams of the archive, and those of them that were here in full already. */
  streams: number;
  known: number;
  /** Of the archive. */
  head: string;
}

export interface ImportHost {
  writer: LedgerWriter;
  blobs: Blobs;
  /** Folder of the blobs. */
  folder: string;
  onRead?: (read: number, size: number) => void;
}

const mergeHost: MergeHost = { newId: randomUUID, newEventId: randomUUIDv7, clock: Date.now };

/** Errors: those of `checkSeal`, `readExport`, `planMerge`, `merge`. */
export async function importExport(host: ImportHost, { path, asCopy, mostBytes }: ImportRequest): Promise<Imported> {
  await checkSeal(path);
  const staged = await readExport(path, { beside: host.folder, mostBytes, ...(host.onRead && { onRead: host.onRead }) });
  try {
    return await takeOver(host, staged, asCopy);
  } finally {
    await staged.discard();
  }
}

async function takeOver({ writer, blobs }: ImportHost, staged: Staged, asCopy: boolean): Promise<Imported> {
  const { database } = writer;
  const plan = planMerge(database, staged.database, asCopy, mergeHost);
  const placed: string[] = [];
  let fileBytes = 0;
  try {
    const due = new Set([...needsAfter(database, staged.database, plan).holdings.values()].flatMap((holding) => [...dueOf(holding)]));
    for (const { sha256, bytes } of staged.manifest.blobs) {
      if (!due.has(sha256) || (await blobs.has(sha256))) continue;
      await blobs.put(await staged.blobs.get(sha256));
      placed.push(sha256);
      fileBytes += bytes;
    }
    // The plan once more, for what others may have appended meanwhile.
    const { copies, events, streams } = writer.merge(
      staged.database,
      (current) => planMerge(current, staged.database, asCopy, mergeHost),
      mergeHost,
    );
    const known = staged.manifest.streams.filter(({ stream, version }) => (streams.get(stream)?.after ?? version) === version).length;
    return { events, files: placed.length, fileBytes, copies, streams: staged.manifest.streams.length, known, head: staged.manifest.head };
  } catch (error) {
    await takeBack(placed, blobs, writer);
    throw error;
  }
}

/** Files that only a refused import brought, unless an event of somebody else names them by now. */
async function takeBack(placed: readonly string[], blobs: Blobs, { database }: LedgerWriter): Promise<void> {
  const named = database.prepare<[string], 1>('SELECT 1 FROM events WHERE blob = ? LIMIT 1').pluck();
  for (const sha256 of placed) if (named.get(sha256) === undefined) await blobs.remove(sha256);
}
