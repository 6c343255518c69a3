// Who writes the same events into a new ledger each time: the program's writer, the whole way through the ledger thread, and bare inserts.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { encodeEvent } from '../../../app/ledger/encode.ts';
import { openLedger } from '../../../app/ledger/index.ts';
import type { AppendRequest } from '../../../app/ledger/sqlite/append.ts';
import type { Connection } from '../../../app/ledger/sqlite/connection.ts';
import { openConnection } from '../../../app/ledger/sqlite/connection.ts';
import { loadSchema } from '../../../app/ledger/sqlite/migrations.ts';
import { openWriter } from '../../../app/ledger/sqlite/writer.ts';
import type { Contender } from '../measure/sampling.ts';
import { temporaryFolder } from '../measure/temporary.ts';
import { openBare, type Write, writesOf } from './bare.ts';
import { countEvents, type Transaction } from './mix.ts';

export interface Sides {
  writer: Contender;
  bare: Contender;
  /** Encodes, crosses to the thread and back, and waits for each commit. */
  wholePath: Contender;
}

/** A sample writes all of it and gives events a second; opening and closing are not counted. */
export async function appendSides(transactions: readonly Transaction[]): Promise<Sides> {
  const requests = transactions.map((transaction) =>
    transaction.map((append): AppendRequest => ({ ...append, events: append.events.map(encodeEvent) })),
  );
  const writes = await checkedWrites(requests);
  const inFolder = async (run: (folder: string) => Promise<number>): Promise<number> => {
    const folder = temporaryFolder();
    try {
      return (1000 * countEvents(transactions)) / (await run(folder.path));
    } finally {
      folder.remove();
    }
  };
  return {
    writer: { name: 'ledger', measure: () => inFolder((folder) => writeThroughWriter(join(folder, 'ledger.db'), requests)) },
    bare: { name: 'bare inserts', measure: () => inFolder(async (folder) => writeBare(join(folder, 'ledger.db'), writes)) },
    wholePath: { name: 'through the thread', measure: () => inFolder((folder) => writeThroughThread(folder, transactions)) },
  };
}

/** Milliseconds of `write`, between an opening and a closing that are not counted. */
async function timed(write: () => void | Promise<void>, close: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await write();
  const elapsed = performance.now() - start;
  await close();
  return elapsed;
}

async function writeThroughWriter(file: string, requests: readonly AppendRequest[][]): Promise<number> {
  const writer = await openWriter(file);
  const write = () => {
    for (const transaction of requests)
      for (const reply of writer.appendAll(transaction)) if ('error' in reply || reply.outcome.kind !== 'appended') throw refused(reply);
  };
  return timed(write, writer.close);
}

function writeBare(file: string, writes: readonly Write[][]): Promise<number> {
  const bare = openBare(file);
  const write = () => {
    for (const transaction of writes) bare.write(transaction);
  };
  return timed(write, bare.close);
}

async function writeThroughThread(folder: string, transactions: readonly Transaction[]): Promise<number> {
  const ledger = await openLedger(folder, { write: true });
  const write = async () => {
    for (const transaction of transactions) {
      const appends = transaction.map(({ stream, expectedVersion, events }, index) =>
        ledger.log.append(stream, expectedVersion, events, { flush: index === transaction.length - 1 }),
      );
      for (const result of await Promise.all(appends)) if (result.kind !== 'appended') throw refused(result);
    }
  };
  return timed(write, ledger.close);
}

const refused = (reply: unknown): Error => new Error('an append was refused', { cause: reply });

/** The bare side's statements; both sides must leave the same rows, or nothing is compared. */
async function checkedWrites(requests: readonly AppendRequest[][]): Promise<Write[][]> {
  const folder = temporaryFolder();
  const [ours, theirs] = ['ledger.db', 'bare.db'].map((name) => join(folder.path, name)) as [string, string];
  await writeThroughWriter(ours, requests);
  const filled = openConnection(ours, { write: false });
  const writes = writesOf(filled, requests);
  await writeBare(theirs, writes);
  const bare = openConnection(theirs, { write: false });
  const rowsOf = (database: Connection, table: string) =>
    database.prepare<[], unknown[]>(`SELECT * FROM "${table}" ORDER BY 1`).raw().all();
  const differences = tablesOf().filter((table) => !isDeepStrictEqual(rowsOf(filled, table), rowsOf(bare, table)));
  for (const database of [filled, bare]) database.close();
  folder.remove();
  if (differences.length > 0) throw new Error(`bare inserts leave other rows in ${differences.join(', ')}`);
  return writes;
}

function tablesOf(): string[] {
  const tables = loadSchema().readModels.filter(({ type }) => type === 'table');
  return ['events', 'streams', ...tables.map(({ name }) => name)];
}
