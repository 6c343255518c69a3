// A ledger on disk with a random history in it, written without a thread: the writer's own calls, one transaction a batch.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerFolder } from '../../app/ledger/folder.ts';
import type { AppendRequest } from '../../app/ledger/sqlite/append.ts';
import { type LedgerWriter, openWriter } from '../../app/ledger/sqlite/writer.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { lastingFolder } from './folder.ts';
import type { History } from './history.ts';
import { hold } from './kind.ts';

export function databaseOf(folder: string): string {
  return ledgerFolder(folder, { create: true }).database;
}

/** A new ledger is a copy of an empty one: making its tables takes longer than most cases. */
export async function openWriterIn(folder: string): Promise<LedgerWriter> {
  const file = databaseOf(folder);
  empty ??= makeEmpty();
  if (!existsSync(file)) copyFileSync(await empty, file);
  return openWriter(file);
}

let empty: Promise<string> | undefined;

async function makeEmpty(): Promise<string> {
  const file = databaseOf(lastingFolder());
  (await openWriter(file)).close();
  return file;
}

/** Appends one batch in a transaction of its own, or throws. */
export function appendBatch(writer: LedgerWriter, batch: AppendRequest): void {
  const [reply] = writer.appendAll([batch]);
  if (reply !== undefined && 'error' in reply) throw reply.error;
  hold(reply?.outcome.kind === 'appended', `${batch.stream}: unexpected conflict at version ${batch.expectedVersion}`);
}

/** Closes the writer: every event that was acknowledged is there, in order, and no other; nothing is damaged. */
export async function holdAcknowledged(folder: string, writer: LedgerWriter, acknowledged: readonly string[]): Promise<void> {
  const stored = writer.database.prepare<[], string>('SELECT id FROM events ORDER BY position').pluck().all();
  writer.close();
  hold(
    JSON.stringify(stored) === JSON.stringify(acknowledged),
    `${acknowledged.length} events were acknowledged, ${stored.length} are there`,
  );
  hold((await verifyLedger(folder)).ok, 'verify finds damage');
}

export function writeBlobs(folder: string, { blobs }: History): void {
  for (const [sha256, bytes] of blobs) {
    mkdirSync(join(folder, 'blobs', sha256.slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, 'blobs', sha256.slice(0, 2), sha256), bytes);
  }
}

/** Written and closed. */
export async function writeLedger(folder: string, history: History): Promise<void> {
  const writer = await openWriterIn(folder);
  writeBlobs(folder, history);
  for (const batch of history.batches) appendBatch(writer, batch);
  writer.close();
}
