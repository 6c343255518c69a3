// The write-ahead log of a ledger that nobody closed, cut or zeroed at random bytes. Before any checkpoint of it, what opens is a prefix of the
// commits. After a partial one pages of later commits lie in the database already: what opens is a prefix, or `verify` names the damage.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../app/ledger/sqlite/connection.ts';
import { openConnection } from '../../app/ledger/sqlite/connection.ts';
import type { LedgerWriter } from '../../app/ledger/sqlite/writer.ts';
import { ledgerHead, readHeads } from '../../app/ledger/verify/chain.ts';
import { type Verification, verifyLedger } from '../../app/ledger/verify/index.ts';
import { RunledgerError } from '../../trainer/errors.ts';
import { type Chance, chance } from './chance.ts';
import { inFolder, lastingFolder } from './folder.ts';
import { type History, randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { appendBatch, databaseOf, openWriterIn, writeBlobs } from './sample.ts';

interface Unclosed {
  history: History;
  database: string;
  wal: Buffer;
  /** Head of the whole ledger after so many batches. */
  heads: string[];
  /** Pages of the log were copied into the database before its end. */
  checkpointed: boolean;
}

const histories = 16;
const made = new Map<number, Promise<Unclosed>>();

/** As a killed process leaves it. Half of them with a checkpoint that a reader held up. */
async function makeUnclosed(seed: number): Promise<Unclosed> {
  const dice = chance(seed);
  const folder = lastingFolder();
  const history = randomHistory(seed, { runs: 2 });
  const writer = await openWriterIn(folder);
  writer.database.pragma('wal_autocheckpoint = 0');
  const checkpointed = seed % 2 === 1;
  // Everything before the first batch is in the database, so that what is cut are commits.
  writer.database.pragma('wal_checkpoint(TRUNCATE)');
  const headNow = () => ledgerHead(readHeads(writer.database));
  const heads = [headNow()];
  const [readFrom, checkpointAt] = [dice.below(history.batches.length), dice.below(history.batches.length)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  let reader: Connection | null = null;
  for (const [index, batch] of history.batches.entries()) {
    if (checkpointed && index === readFrom) reader = holdSnapshot(databaseOf(folder));
    if (checkpointed && index === checkpointAt) writer.database.pragma('wal_checkpoint(PASSIVE)');
    appendBatch(writer, batch);
    heads.push(headNow());
  }
  const copy = join(lastingFolder(), 'ledger.db');
  const wal = readFileSync(`${databaseOf(folder)}-wal`);
  copyFileSync(databaseOf(folder), copy);
  reader?.close();
  writer.close();
  return { history, database: copy, wal, heads, checkpointed };
}

function holdSnapshot(file: string): Connection {
  const reader = openConnection(file, { write: false });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM events').get();
  return reader;
}

async function cut(seed: number): Promise<void> {
  const number = seed % histories;
  const unclosed = made.get(number) ?? makeUnclosed(number);
  made.set(number, unclosed);
  const whole = await unclosed;
  const dice = chance(seed);
  await inFolder(async (folder) => {
    const database = databaseOf(folder);
    writeBlobs(folder, whole.history);
    const damaged = damage(dice, whole.wal);
    copyFileSync(whole.database, database);
    writeFileSync(`${database}-wal`, damaged.wal);
    const found = await verifyLedger(folder).catch((error) => {
      if (error instanceof RunledgerError) return null;
      throw error;
    });
    if (found === null || !found.ok) {
      hold(
        whole.checkpointed,
        () => `${damaged.words}: ${found === null ? 'it does not open' : found.checks.map(({ verdict }) => verdict)}`,
      );
      return;
    }
    const commits = whole.heads.indexOf(found.head);
    hold(commits >= 0, `${damaged.words}: what opens is whole, but no prefix of the commits`);
    await goOn(folder, whole, commits, found);
  });
}

function damage(dice: Chance, wal: Buffer): { wal: Buffer; words: string } {
  const at = dice.below(wal.length);
  if (dice.oneIn(2)) return { wal: wal.subarray(0, at), words: `cut at byte ${at}` };
  const bytes = Math.min(wal.length - at, 1 + dice.below(dice.oneIn(2) ? 16 : 20_000));
  return { wal: Buffer.from(wal).fill(0, at, at + bytes), words: `${bytes} bytes zeroed from ${at} on` };
}

/** Whoever writes next goes on from the prefix, to the same end. */
async function goOn(folder: string, { history, heads }: Unclosed, commits: number, found: Verification): Promise<void> {
  const writer: LedgerWriter = await openWriterIn(folder);
  try {
    for (const batch of history.batches.slice(commits)) appendBatch(writer, batch);
    hold(ledgerHead(readHeads(writer.database)) === heads.at(-1), `what was appended to ${commits} commits (${found.head}) ends elsewhere`);
  } finally {
    writer.close();
  }
}

export const wal: Kind = {
  name: 'wal',
  what: 'the write-ahead log cut or zeroed at random bytes, before any checkpoint of it or after a partial one',
  counts: { test: 200, chaos: 5_000 },
  run: cut,
};
