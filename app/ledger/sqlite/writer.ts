// The writing side of ledger.db: the log's tables brought up to date, guards checked, read models in place; then appends, each batch of them
// one transaction that moves events and read models together. Everything blocks, so it lives in the ledger thread.
import { decodeEvent, type StoredRow } from '../encode.ts';
import type { StoredEvent } from '../ports.ts';
import { type MergeHost, merge, type Plan } from '../transfer/merge.ts';
import type { AppendOutcome, AppendRequest } from './append.ts';
import { prepareAppend } from './append.ts';
import type { Connection } from './connection.ts';
import { openConnection, storageError, transact } from './connection.ts';
import { prepareFold } from './fold.ts';
import { checkGuards, inspectReadModels, loadSchema, migrateLog } from './migrations.ts';
import { prepareReadModelsCheck, type RebuildOptions, type Rebuilt, rebuild } from './rebuild.ts';

export type AppendReply = { outcome: AppendOutcome } | { error: unknown };

export interface LedgerWriter {
  readonly database: Connection;
  /** One transaction for all. An append that is refused takes nothing from the others; an error of the storage fails them all (it is thrown). */
  appendAll(requests: AppendRequest[]): AppendReply[];
  /** Takes staged events over in one transaction, as a plan made within it says; carries all of it out or none. */
  merge(staged: Connection, plan: (database: Connection) => Plan, host: MergeHost): Plan;
  rebuild(options?: RebuildOptions): Promise<Rebuilt>;
  /** Newest position. */
  position(): number;
  close(): void;
}

/** `onRebuild` hears how far read models of another version are made anew. */
export async function openWriter(file: string, onRebuild?: RebuildOptions['onProgress']): Promise<LedgerWriter> {
  const database = openConnection(file, { write: true });
  try {
    transact(database, () => migrateLog(database));
    checkGuards(database);
    const fingerprint = database.prepare<[], string>('SELECT fingerprint FROM read_models').pluck();
    // Made by another version, or damaged by another program.
    const stale = fingerprint.get() !== loadSchema().fingerprint || inspectReadModels(database).length > 0;
    if (stale) await rebuild(database, { onProgress: onRebuild });
    return writerOf(database);
  } catch (error) {
    database.close();
    throw storageError(error, file);
  }
}

function writerOf(database: Connection): LedgerWriter {
  const append = prepareAppend(database);
  const fold = prepareFold(database);
  const newest = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck();
  const checkReadModels = prepareReadModelsCheck(database);
  const savepoint = database.prepare('SAVEPOINT one');
  const release = database.prepare('RELEASE one');
  const rollBack = database.prepare('ROLLBACK TO one');
  const moveReadModels = database.prepare('UPDATE read_models SET position = ?');

  function appendOne(request: AppendRequest): AppendReply {
    savepoint.run();
    try {
      const outcome = append(request);
      if (outcome.kind === 'appended' && outcome.fresh) foldRows(outcome.rows);
      return { outcome };
    } catch (error) {
      // What rolled the whole transaction back is no fault of this append.
      if (!database.inTransaction) throw error;
      rollBack.run();
      fold.forget();
      if (isStorage(error)) throw error;
      return { error: storageError(error, database.name) };
    } finally {
      if (database.inTransaction) release.run();
    }
  }

  function foldRows(rows: StoredRow[]): void {
    fold(decoded(rows));
    const last = rows.at(-1);
    if (last !== undefined) moveReadModels.run(last.position);
  }

  return {
    database,
    appendAll(requests) {
      return transact(database, () => {
        checkReadModels();
        fold.forget();
        return requests.map(appendOne);
      });
    },
    merge: (staged, makePlan, host) =>
      transact(database, () => {
        checkReadModels();
        fold.forget();
        const plan = makePlan(database);
        const position = merge(database, staged, plan, (rows) => fold(decoded(rows)), host);
        if (position > 0) moveReadModels.run(position);
        return plan;
      }),
    rebuild: (options) => rebuild(database, options),
    position: () => newest.get() ?? 0,
    close() {
      database.close();
    },
  };
}

function* decoded(rows: Iterable<StoredRow>): Generator<StoredEvent> {
  for (const row of rows) yield decodeEvent(row);
}

function isStorage(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^SQLITE_(FULL|IOERR|BUSY|CORRUPT|READONLY|NOMEM)/.test(code);
}
