// Drizzle's description of the tables and the SQL that makes them say the same.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import * as log from '../../../app/db/log.ts';
import * as runs from '../../../app/db/runs.ts';
import * as sweeps from '../../../app/db/sweeps.ts';
import * as training from '../../../app/db/training.ts';

const root = join(import.meta.dirname, '../../..');
const readModels = { ...runs, ...sweeps, ...training };

function made(folder: string): Database.Database {
  const database = new Database(':memory:');
  for (const file of readdirSync(join(root, 'migrations', folder))
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    database.exec(readFileSync(join(root, 'migrations', folder, file), 'utf8'));
  }
  return database;
}

const tablesOf = (database: Database.Database) =>
  database
    .prepare<[], { name: string; strict: number }>(
      `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' ORDER BY name`,
    )
    .all();

test.for([
  ['log', log],
  ['readModels', readModels],
] as const)('the tables of migrations/%s are those of the schema, column by column, and STRICT', ([folder, schema]) => {
  const database = made(folder);
  const declared = Object.values(schema).filter((table) => is(table, SQLiteTable));
  expect(tablesOf(database).map(({ name }) => name)).toEqual(declared.map(getTableName).sort());
  expect(tablesOf(database).filter(({ strict }) => strict === 0)).toEqual([]);
  for (const table of declared) {
    const found = database
      .prepare<[string], { name: string; type: string; notnull: number; pk: number }>(
        'SELECT name, lower(type) AS type, "notnull", pk FROM pragma_table_info(?)',
      )
      .all(getTableName(table));
    const columns = Object.values(getTableColumns(table));
    expect(found.map(({ name, type }) => `${name} ${type}`)).toEqual(columns.map((column) => `${column.name} ${column.getSQLType()}`));
    for (const [index, column] of columns.entries()) {
      expect(Boolean(found[index]!.notnull || found[index]!.pk), `${getTableName(table)}.${column.name}`).toBe(
        column.notNull || column.primary,
      );
    }
  }
  database.close();
});

test('drizzle-kit has nothing to add to migrations/readModels', async () => {
  const before = readdirSync(join(root, 'migrations/readModels'));
  const { stdout } = await promisify(execFile)(process.execPath, ['node_modules/drizzle-kit/bin.cjs', 'generate'], { cwd: root });
  expect(stdout).toContain('No schema changes, nothing to migrate');
  expect(readdirSync(join(root, 'migrations/readModels'))).toEqual(before);
});
