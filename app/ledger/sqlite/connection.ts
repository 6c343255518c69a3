// One connection to ledger.db, opened the same way everywhere, and its one way to write: a transaction that takes the write lock
// at once, waits for others up to five seconds, and leaves nothing half done.
import Database from 'better-sqlite3';
import { RunledgerError } from '../../../trainer/errors.ts';
import { fileSizeLimit, limitWords } from '../fileSizeLimit.ts';
import { explain } from './codes.ts';

export type Connection = Database.Database;

const busyTimeoutMs = 50;
const patienceMs = 5_000;
/** Of a new file. Events of about 2 kB fill small pages better: a sixth less of a ledger than with SQLite's 4,096. */
const pageBytes = 1_024;

/** Opens an existing file read-only, or a file for writing, which is made where there is none. `''` is a private temporary database. */
export function openConnection(file: string, { write }: { write: boolean }): Connection {
  try {
    const database = new Database(file, { readonly: !write, fileMustExist: !write, timeout: busyTimeoutMs });
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    database.pragma('recursive_triggers = ON');
    if (write) {
      database.pragma(`page_size = ${pageBytes}`);
      patiently(() => database.pragma('journal_mode = WAL'));
      database.pragma('synchronous = FULL');
      // What a savepoint or a trigger may have to undo; in a file it would take a fifth of an append's time.
      database.pragma('temp_store = MEMORY');
    }
    return database;
  } catch (error) {
    throw storageError(error, file);
  }
}

/** Runs `work` in a transaction that holds the write lock. Whatever it throws rolls everything back. */
export function transact<Result>(database: Connection, work: () => Result): Result {
  try {
    patiently(() => database.exec('BEGIN IMMEDIATE'));
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk or an I/O error may have rolled back already.
    if (database.inTransaction) database.exec('ROLLBACK');
    throw storageError(error, database.name);
  }
}

/** Repeats what another writer held up, with pauses of random length, until patience ends. Blocks the thread. */
function patiently(attempt: () => void): void {
  const start = performance.now();
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isSqliteError(error) || !error.code.startsWith('SQLITE_BUSY') || performance.now() - start > patienceMs) throw error;
      pause(5 + Math.random() * 20);
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function pause(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}

function isSqliteError(error: unknown): error is Error & { code: string } {
  return error instanceof Database.SqliteError;
}

/** SQLite's errors in our family; every other error as it is. */
export function storageError(error: unknown, file: string): unknown {
  if (!isSqliteError(error)) return error;
  const { code, message } = error;
  const limit = code === 'SQLITE_IOERR_WRITE' ? fileSizeLimit() : null;
  if (limit !== null) {
    const words = limitWords(limit);
    return new RunledgerError('ledger.limit', `${message} (${code}): ${words.message}`, { help: words.help, place: file, cause: error });
  }
  const [ours, help] = explain(code);
  return new RunledgerError(ours, `${message} (${code})`, { help, place: file, cause: error });
}
