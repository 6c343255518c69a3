// The SQL in migrations/: the log's steps, applied once each and guarded from then on, and the shape of the read models,
// which a rebuild makes afresh whenever it changes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { RunledgerError } from '../../../trainer/errors.ts';
import { projections } from '../projections/index.ts';
import type { Connection } from './connection.ts';

const folder = join(import.meta.dirname, '../../../migrations');

/** "RUNL": tells our file from every other SQLite database. */
const applicationId = 0x52_55_4e_4c;

function readSql(name: string): string[] {
  return readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readFileSync(join(folder, name, file), 'utf8'));
}

interface SchemaRow {
  type: 'table' | 'index' | 'trigger' | 'view';
  name: string;
  table: string;
  sql: string;
}

const schemaOf = (database: Connection): SchemaRow[] =>
  database
    .prepare<[], SchemaRow>(`SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid`)
    .all()
    .filter(({ name }) => !name.startsWith('sqlite_'));

/** What a list of SQL texts makes of an empty database. */
function schemaFrom(texts: string[]): SchemaRow[] {
  const scratch = new Database(':memory:');
  for (const text of texts) scratch.exec(text);
  const schema = schemaOf(scratch);
  scratch.close();
  return schema;
}

export interface Schema {
  /** One text a version of the log; `user_version` counts those applied. */
  log: string[];
  /** Tables, indexes and triggers of the log as they must stand. */
  guards: SchemaRow[];
  /** Tables and indexes of the read models. */
  readModels: SchemaRow[];
  views: string[];
  /** Changes with the shape of the read models, the views, and what projections do. */
  fingerprint: string;
}

let loaded: Schema | undefined;

/** Read once a thread. */
export function loadSchema(): Schema {
  if (loaded === undefined) {
    const log = readSql('log');
    const readModels = schemaFrom(readSql('readModels'));
    const views = readSql('views');
    const behaviour = projections.map(({ name, version }) => `${name} ${version}`);
    const fingerprint = createHash('sha256');
    for (const text of [...readModels.map(({ sql }) => sql), ...views, ...behaviour]) fingerprint.update(`${text.length}\n${text}`);
    loaded = { log, guards: schemaFrom(log), readModels, views, fingerprint: fingerprint.digest('hex') };
  }
  return loaded;
}

/** Refuses a database that is another program's or a newer version's. Returns the version of its log, 0 for an empty file. */
export function checkIdentity(database: Connection): number {
  const version = database.pragma('user_version', { simple: true }) as number;
  const owner = database.pragma('application_id', { simple: true }) as number;
  const empty = version === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!empty && owner !== applicationId) {
    throw new RunledgerError('ledger.foreign', `${database.name} is a database of another program`, {
      help: 'name another folder with  --ledger <folder>',
    });
  }
  const newest = loadSchema().log.length;
  if (version > newest) {
    throw new RunledgerError('ledger.newer', `${database.name} has log version ${version}, this program knows ${newest}`, {
      help: 'use the newer runledger that wrote it',
    });
  }
  return version;
}

/** Brings the log's tables to the newest version; inside a transaction. */
export function migrateLog(database: Connection): void {
  const { log } = loadSchema();
  const version = checkIdentity(database);
  for (const text of log.slice(version)) database.exec(text);
  if (version === log.length) return;
  database.pragma(`application_id = ${applicationId}`);
  database.pragma(`user_version = ${log.length}`);
}

export interface GuardReport {
  triggers: number;
  /** What is missing, changed or strange, in words. */
  faults: string[];
}

/** Compares the log's tables and triggers with what the migrations say, word for word. */
export function inspectGuards(database: Connection): GuardReport {
  const { guards } = loadSchema();
  const found = schemaOf(database);
  const expected = new Map(guards.map((row) => [row.name, row]));
  const faults = guards.flatMap(({ type, name, sql }) => {
    const row = found.find((other) => other.name === name);
    if (row === undefined) return [`${type} ${name} is missing`];
    return row.sql === sql && row.type === type ? [] : [`${type} ${name} was changed`];
  });
  for (const { type, name } of found) if (type === 'trigger' && !expected.has(name)) faults.push(`trigger ${name} is not ours`);
  return { triggers: guards.filter(({ type }) => type === 'trigger').length, faults };
}

/**
 * Compares the version of the log, the tables and indexes of the read models, and the published views with what this program makes, in words.
 * What others have added is left alone: the next rebuild takes it away.
 */
export function inspectReadModels(database: Connection): string[] {
  const { log, readModels, views } = loadSchema();
  const found = new Map(schemaOf(database).map((row) => [row.name, row]));
  const expected = [...readModels, ...schemaFrom(views)];
  const faults = expected.flatMap((row) => {
    const other = found.get(row.name);
    if (other === undefined) return [`${row.type} ${row.name} is missing`];
    return other.type === row.type && other.table === row.table && unquoted(other.sql) === unquoted(row.sql)
      ? []
      : [`${row.type} ${row.name} was changed`];
  });
  const version = database.pragma('user_version', { simple: true }) as number;
  return version === log.length ? faults : [`the log claims version ${version}, it is ${log.length}`, ...faults];
}

/** SQLite puts names that it changes itself into other quotes. */
const unquoted = (sql: string): string => sql.replace(/[`"]/g, '');

/** Error `ledger.guards` where the append-only guards do not stand as they should. */
export function checkGuards(database: Connection): void {
  const { faults } = inspectGuards(database);
  if (faults.length === 0) return;
  throw new RunledgerError('ledger.guards', `${database.name}: ${faults.join(', ')}`, {
    help: 'see what else is damaged with  runledger verify',
  });
}
