// Opens a ledger: wires the folder, the ledger thread, a reading connection and the ports. Nothing else in the system knows that
// the log is SQLite and the blobs are files.
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { RunledgerError } from '../../trainer/errors.ts';
import { startLedgerThread } from './client.ts';
import { checkStream, decodeEvent, encodeEvent } from './encode.ts';
import { fileBlobs } from './files.ts';
import { ledgerFolder } from './folder.ts';
import { decodeJson, encodeJson } from './json.ts';
import { type Leases, leaseReader, staysSilent, sweepInterrupted, type Wait } from './leases.ts';
import type { Blobs, Log, ReadModels, Work } from './ports.ts';
import { identifyProcess } from './process.ts';
import { type Connection, openConnection, storageError } from './sqlite/connection.ts';
import { eventReader } from './sqlite/events.ts';
import { checkGuards, checkIdentity } from './sqlite/migrations.ts';
import { openPast, type Past } from './sqlite/past.ts';
import { checkpointReader, viewReader } from './sqlite/readModels.ts';
import { checkReadModels } from './sqlite/rebuild.ts';
import { pollMs, watchOthers } from './sqlite/watch.ts';
import type { Imported, ImportRequest } from './transfer/import.ts';

export interface Ledger {
  /** Absolute. */
  folder: string;
  log: Log;
  blobs: Blobs;
  work: Work;
  leases: Leases;
  readModels: ReadModels;
  /** Read-only, on the calling thread, for prepared reads of the views. */
  database: Connection;
  /** The same of any moment before, opened when first asked for. */
  past(): Past;
  /** Tells the newest position after commits, this process's at once and others' within 200 ms. Returns the way to stop listening. */
  onChange(listener: (position: number) => void): () => void;
  /** Takes over what `runledger export` wrote, all of it or nothing. */
  importExport(request: ImportRequest, onRead?: (read: number, size: number) => void): Promise<Imported>;
  /** Writes down the end of runs whose process is gone; returns their ids. */
  sweepInterrupted(): Promise<string[]>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Without, every writing call is the error `ledger.readOnly`. */
  write: boolean;
  /** Milliseconds since 1970. */
  clock?: () => number;
  newId?: () => string;
  /** How a lease that only its silence calls dead is given time to beat. */
  wait?: Wait;
  /** Hears how far read models are made anew, where another version of the program made them. */
  onRebuild?: (done: number, total: number) => void;
}

/** Errors: `ledger.missing` (read-only, no ledger there), `ledger.newer`, `ledger.outdated`, `ledger.guards`, `ledger.network`, … */
export async function openLedger(
  path: string,
  { write, clock = Date.now, newId = randomUUIDv7, wait = setTimeout, onRebuild }: OpenOptions,
): Promise<Ledger> {
  const files = ledgerFolder(path, { create: write });
  const listeners = new Set<(position: number) => void>();
  const tell = (position: number) => {
    for (const listener of listeners) listener(position);
  };
  const thread = write
    ? await startLedgerThread({ file: files.database, blobs: files.blobs, identity: identifyProcess() }, tell, onRebuild)
    : null;
  const database = await openForReading(files.database).catch(async (error) => {
    await thread?.close();
    throw error;
  });
  const stopWatching = thread === null ? watch(database, tell) : () => {};
  const writing = () => thread ?? refuseWriting();
  let past: Past | undefined;

  const log: Log = {
    ...eventReader(database),
    async append(stream, expectedVersion, events, { flush = false } = {}) {
      checkStream(stream);
      const outcome = await writing().call('append', { stream, expectedVersion, events: events.map(encodeEvent), flush });
      return outcome.kind === 'appended'
        ? { kind: 'appended', events: outcome.rows.map(decodeEvent) }
        : { kind: 'conflict', missed: outcome.missed.map(decodeEvent) };
    },
  };

  return {
    folder: files.folder,
    log,
    database,
    past() {
      past ??= openPast(files.database);
      return past;
    },
    blobs: fileBlobs(files.blobs, newId),
    work: {
      offer: async ({ key, payload }) => writing().call('offer', { key, payload: encodeJson(payload) }),
      async claim(worker, { leaseMs }) {
        const token = newId();
        const row = await writing().call('claim', { worker, token, now: clock(), leaseMs });
        return row && { key: row.key, payload: decodeJson(row.payload), token };
      },
      beat: async ({ key, token }, { leaseMs }) => writing().call('beat', { key, token, now: clock(), leaseMs }),
      finish: async ({ key, token }, result) => writing().call('finish', { key, token, result: encodeJson(result) }),
      giveBack: async ({ key, token }) => writing().call('giveBack', { key, token }),
    },
    leases: {
      ...leaseReader(database, clock, wait),
      hold: async (runId) => void (await writing().call('hold', { runId })),
      take: async (runId) => (await staysSilent(database, runId, clock, wait)) && writing().call('take', { runId }),
      release: async (runId) => void (await writing().call('release', { runId })),
    },
    readModels: {
      ...viewReader(database),
      ...checkpointReader(database),
      rebuild: async (onProgress) => writing().call('rebuild', null, onProgress),
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    importExport: async (request, onRead) => writing().call('import', request, onRead),
    sweepInterrupted: () => sweepInterrupted({ connection: database, log, clock, newEventId: newId, wait }),
    async close() {
      stopWatching();
      past?.close();
      database.close();
      await thread?.close();
    },
  };
}

async function openForReading(file: string): Promise<Connection> {
  const database = openConnection(file, { write: false });
  try {
    if (checkIdentity(database) === 0) throw outdated(file);
    checkGuards(database);
    checkReadModels(database, bringUpToDate);
    return database;
  } catch (error) {
    database.close();
    throw storageError(error, file);
  }
}

const bringUpToDate = 'bring it up to date with  runledger rebuild';

function outdated(file: string): RunledgerError {
  return new RunledgerError('ledger.outdated', `${file} is empty`, { help: bringUpToDate });
}

function refuseWriting(): never {
  throw new RunledgerError('ledger.readOnly', 'this ledger was opened for reading only', { help: 'open it with write: true' });
}

function watch(database: Connection, tell: (position: number) => void): () => void {
  const changed = watchOthers(database);
  const newest = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck();
  let told = newest.get() ?? 0;
  const timer = setInterval(() => {
    if (!changed()) return;
    const position = newest.get() ?? 0;
    if (position !== told) tell(position);
    told = position;
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}
