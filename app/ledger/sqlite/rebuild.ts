// Makes the read models anew: folds the log into fresh tables, taking the write lock one batch at a time so that others can append
// meanwhile, then catches up and swaps in one transaction. Also how a new ledger gets its tables.
import { randomBytes } from 'node:crypto';
import { RunledgerError } from '../../../trainer/errors.ts';
import { decodeEvent, type StoredRow } from '../encode.ts';
import { eventColumns, eventTables } from './columns.ts';
import type { Connection } from './connection.ts';
import { transact } from './connection.ts';
import { type Fold, prepareFold } from './fold.ts';
import { loadSchema } from './migrations.ts';

const batch = 2_000;

export interface Rebuilt {
  events: number;
  unknown: number;
}

export interface RebuildOptions {
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called between batches, while no lock is held. */
  pause?: (() => Promise<void>) | undefined;
}

export async function rebuild(database: Connection, { onProgress, pause }: RebuildOptions = {}): Promise<Rebuilt> {
  let prefix = `fresh_${randomBytes(4).toString('hex')}_`;
  const total = database.prepare<[], number>('SELECT count(*) FROM events').pluck();
  const next = database.prepare<[number, number], StoredRow>(
    `SELECT ${eventColumns} FROM ${eventTables} WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const standing = database.prepare<[string], 1>('SELECT 1 FROM sqlite_schema WHERE name = ?').pluck();
  const state = { position: 0, events: 0, unknown: 0 };
  let fold: Fold | undefined;

  /** True once the fresh tables stand in place of the old ones. */
  function foldBatch(): boolean {
    if (fold === undefined) {
      // Nothing is folded and nothing stands: the tables are made in their places.
      const nothingStands = loadSchema().readModels.every(({ name }) => standing.get(name) === undefined);
      if (total.get() === 0 && nothingStands) prefix = '';
      createTables(database, prefix);
      fold = prepareFold(database, prefix);
    } else if (standing.get(`${prefix}runs`) === undefined) {
      // Another rebuild was quicker: its tables stand, and ours went with the old ones.
      checkReadModels(database);
      state.events = total.get() ?? 0;
      state.unknown = database.prepare<[], number>('SELECT count(*) FROM unknown_events').pluck().get() ?? 0;
      return true;
    }
    const rows = next.all(state.position, batch);
    state.unknown += fold(rows.values().map(decodeEvent));
    state.events += rows.length;
    state.position = rows.at(-1)?.position ?? state.position;
    if (rows.length === batch) return false;
    swap(database, prefix, state.position);
    return true;
  }

  for (;;) {
    const done = transact(database, foldBatch);
    onProgress?.(state.events, Math.max(state.events, total.get() ?? 0));
    if (done) return { events: state.events, unknown: state.unknown };
    await pause?.();
  }
}

/** Tables under a prefix, with their indexes under prefixed names. */
export function createTables(database: Connection, prefix: string): void {
  for (const { type, name, table, sql } of loadSchema().readModels) {
    const renamed = type === 'index' ? sql.replace(quoted(name), `"${prefix}${name}"`) : sql;
    database.exec(renamed.replace(quoted(table), `"${prefix}${table}"`));
  }
}

/** The first mention of a name in SQLite's own text of a statement, in any of its quotes. */
function quoted(name: string): RegExp {
  return new RegExp(`[\`"]${name}[\`"]`);
}

function swap(database: Connection, prefix: string, position: number): void {
  const { guards, views, fingerprint } = loadSchema();
  const existing = database
    .prepare<[], { type: string; name: string }>(`SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table')`)
    .all();
  // Views first: RENAME rewrites those that mention a table.
  for (const { type, name } of existing) if (type === 'view') database.exec(`DROP VIEW "${name}"`);
  const kept = new Set(guards.map(({ name }) => name));
  for (const { type, name } of existing) {
    const ours = type === 'table' && !kept.has(name) && !name.startsWith('sqlite_') && !name.startsWith(prefix);
    if (ours) database.exec(`DROP TABLE "${name}"`);
  }
  if (prefix !== '') moveTables(database, prefix);
  for (const text of views) database.exec(text);
  database.prepare('UPDATE read_models SET fingerprint = ?, position = ?').run(fingerprint, position);
}

function moveTables(database: Connection, prefix: string): void {
  const { readModels } = loadSchema();
  for (const { type, name } of readModels) if (type === 'table') database.exec(`ALTER TABLE "${prefix}${name}" RENAME TO "${name}"`);
  // SQLite cannot rename an index.
  for (const { type, name, sql } of readModels) {
    if (type !== 'index') continue;
    database.exec(`DROP INDEX "${prefix}${name}"`);
    database.exec(sql);
  }
}

const whileOpen = 'restart this program; if another version of runledger runs beside it, stop that one, then  runledger rebuild';

/** Error `ledger.outdated` where another version of the program made the read models or the log. */
export function checkReadModels(database: Connection, help = whileOpen): void {
  prepareReadModelsCheck(database, help)();
}

/** The same check, for whoever makes it in every transaction. */
export function prepareReadModelsCheck(database: Connection, help = whileOpen): () => void {
  const { fingerprint, log } = loadSchema();
  const found = database.prepare<[], string>('SELECT fingerprint FROM read_models').pluck();
  const version = database.prepare<[], number>('PRAGMA user_version').pluck();
  return () => {
    if (found.get() === fingerprint && version.get() === log.length) return;
    throw new RunledgerError('ledger.outdated', `${database.name}: its read models are another version's`, { help });
  };
}
