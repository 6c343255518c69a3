// `verify`: is this ledger what it was when it was written? Five checks on a read-only connection, the first three within one snapshot,
// so that others may go on writing. Says what it found as data; words and colours are the command line's.
import { RunledgerError } from '../../../trainer/errors.ts';
import { fileBlobs } from '../files.ts';
import { ledgerFolder } from '../folder.ts';
import { type Needs, readNeeds } from '../needed.ts';
import { openConnection, storageError } from '../sqlite/connection.ts';
import { checkIdentity, inspectGuards, inspectReadModels } from '../sqlite/migrations.ts';
import { verifyBlobs } from './blobs.ts';
import { type Damage, type Head, ledgerHead, readHeads, verifyChain } from './chain.ts';
import { verifyReadModels } from './readModels.ts';

export type { Damage, Head } from './chain.ts';

export type CheckName = 'chain' | 'blobs' | 'read models' | 'guards' | 'database';

export interface Check {
  name: CheckName;
  ok: boolean;
  /** What was looked at: `48,213 events, 1,907 streams`. */
  detail: string;
  /** What was found: `intact`, `damaged at event 31,007`, `equal`, `in place`, `ok`, … */
  verdict: string;
  seconds: number;
}

type Finding = Omit<Check, 'name' | 'seconds'>;

export interface Verification {
  ok: boolean;
  checks: Check[];
  /** SHA-256, hex, over all heads. */
  head: string;
  heads: Head[];
  /** The first damaged event of each damaged stream. */
  damages: Damage[];
  /** Everything else that is wrong, in words. */
  faults: string[];
  /** Blobs that no event names. */
  orphans: { count: number; bytes: number };
}

export interface VerifyOptions {
  /** Milliseconds, for the seconds of each check. */
  clock?: () => number;
  /** Called before each check. */
  onCheck?: (name: CheckName) => void;
}

const grouped = (n: number): string => n.toLocaleString('en-US');

export async function verifyLedger(
  path: string,
  { clock = performance.now.bind(performance), onCheck }: VerifyOptions = {},
): Promise<Verification> {
  const files = ledgerFolder(path, { create: false });
  const database = openConnection(files.database, { write: false });
  const checks: Check[] = [];
  const faults: string[] = [];
  let heads: Head[] = [];
  let damages: Damage[] = [];
  let orphans = { count: 0, bytes: 0 };

  async function check(name: CheckName, look: () => Promise<Finding> | Finding): Promise<void> {
    onCheck?.(name);
    const start = clock();
    const found = await unlessUnreadable(look);
    checks.push({ name, ...found, seconds: (clock() - start) / 1000 });
  }

  try {
    checkIdentity(database);
    database.exec('BEGIN');
    await check('chain', () => {
      heads = readHeads(database);
      const { events, streams, strays, damages: found } = verifyChain(database);
      damages = found;
      const lost = `${grouped(strays)} ${strays === 1 ? 'event belongs' : 'events belong'} to no stream`;
      if (strays > 0) faults.push(lost);
      const first = found[0];
      const damage = first?.position === null ? 'events are missing' : `damaged at event ${grouped(first?.position ?? 0)}`;
      const verdict = first !== undefined ? damage : strays > 0 ? lost : 'intact';
      return {
        ok: found.length === 0 && strays === 0,
        detail: `${grouped(events)} events, ${grouped(streams)} ${streams === 1 ? 'stream' : 'streams'}`,
        verdict,
      };
    });
    await check('blobs', async () => {
      const report = await verifyBlobs(
        database,
        fileBlobs(files.blobs, () => ''),
        () => readLatest(files.database),
      );
      faults.push(...report.faults);
      orphans = { count: report.orphans.length, bytes: report.orphans.reduce((sum, { bytes }) => sum + bytes, 0) };
      const verdict = report.faults.length === 0 ? 'intact' : `${grouped(report.faults.length)} missing or damaged`;
      return {
        ok: report.faults.length === 0,
        detail: `${grouped(report.files)} ${report.files === 1 ? 'file' : 'files'}, ${megabytes(report.bytes)}`,
        verdict,
      };
    });
    await check('read models', () => {
      const differences = checks[0]?.ok ? verifyReadModels(database) : ['not compared: the log is damaged'];
      faults.push(...differences);
      return { ok: differences.length === 0, detail: 'equal to a rebuild', verdict: differences[0] ?? 'equal' };
    });
    // A page that could not be read may have ended it.
    if (database.inTransaction) database.exec('COMMIT');
    await check('guards', () => {
      const report = inspectGuards(database);
      const found = [...report.faults, ...inspectReadModels(database)];
      faults.push(...found);
      return { ok: found.length === 0, detail: `${report.triggers} triggers`, verdict: found[0] ?? 'in place' };
    });
    await check('database', () => {
      const answer = database.pragma('integrity_check(1)', { simple: true }) as string;
      if (answer !== 'ok') faults.push(answer);
      return { ok: answer === 'ok', detail: 'SQLite integrity', verdict: answer };
    });
    return { ok: checks.every(({ ok }) => ok), checks, head: ledgerHead(heads), heads, damages, faults, orphans };
  } catch (error) {
    throw storageError(error, files.database);
  } finally {
    database.close();
  }
}

/** On a connection of its own, which is not held still. */
function readLatest(file: string): Needs {
  const database = openConnection(file, { write: false });
  try {
    return readNeeds(database);
  } finally {
    database.close();
  }
}

/** A page that SQLite cannot read fails the check that met it, not the other ones. */
async function unlessUnreadable(look: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(storageError(error, '') instanceof RunledgerError)) throw error;
    return { ok: false, detail: '', verdict: (error as Error).message };
  }
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
