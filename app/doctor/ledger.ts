// The state of a ledger's folder, found out without writing to it.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';
import { openLedger } from '../ledger/index.ts';
import type { Fault } from './fault.ts';

export interface LedgerFindings {
  /** Absolute. */
  folder: string;
  state: 'none' | 'ready' | 'broken';
  /** Whether this user may write there: into the folder, or where there is none yet, into the one it would be made in. */
  writable: boolean;
  /** Version of the log's tables; null where it could not be read. */
  schema: number | null;
  events: number;
  runs: number;
  fault: Fault | null;
}

export async function examineLedger(folder: string): Promise<LedgerFindings> {
  const writable = isWritable(folder);
  const unwritable = { message: `${folder} may not be written`, help: 'name a folder that may be written with  --ledger <folder>' };
  const found = { folder, writable, schema: null, events: 0, runs: 0, fault: writable ? null : unwritable };
  if (!existsSync(join(folder, 'ledger.db'))) return { ...found, state: writable ? 'none' : 'broken' };
  try {
    return { ...found, ...(await count(folder)), state: writable ? 'ready' : 'broken' };
  } catch (error) {
    if (!(error instanceof RunledgerError)) throw error;
    return { ...found, state: 'broken', fault: { message: error.message, help: error.help ?? 'runledger verify' } };
  }
}

async function count(folder: string): Promise<Pick<LedgerFindings, 'schema' | 'events' | 'runs'>> {
  const ledger = await openLedger(folder, { write: false });
  try {
    const { database } = ledger;
    const one = (query: string): number => database.prepare<[], number>(query).pluck().get() ?? 0;
    return {
      schema: one('PRAGMA user_version'),
      events: one('SELECT count(*) FROM v1_events'),
      runs: one('SELECT count(*) FROM v1_runs'),
    };
  } finally {
    await ledger.close();
  }
}

/** Looks at the nearest folder that exists. */
function isWritable(path: string): boolean {
  if (!existsSync(path)) return dirname(path) !== path && isWritable(dirname(path));
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
