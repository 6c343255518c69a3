// Queries of users: what they may read, what is refused, and that nothing they write can hold the machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QueryError, runQuery } from '../../../app/sql/index.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-sql-'));
  const database = new Database(join(folder, 'ledger.db'));
  database.pragma('journal_mode = WAL');
  database.exec(`
    CREATE TABLE runs (run_id TEXT, name TEXT, val_loss REAL, val_loss_state TEXT, steps INTEGER, bytes BLOB);
    INSERT INTO runs VALUES ('a', 'first', 0.25, 'finite', 9007199254740993, x'00ff'), ('b', 'second', NULL, 'nan', 7, NULL), ('c', 'third', 9e999, 'inf', 8, NULL);
    CREATE TABLE leases (secret TEXT); INSERT INTO leases VALUES ('hidden');
    CREATE VIEW helper AS SELECT * FROM runs;
    CREATE VIEW v1_runs AS SELECT * FROM helper;
    CREATE VIEW v1_inner AS WITH inside(secret) AS (SELECT name FROM runs), other AS NOT MATERIALIZED (SELECT secret FROM inside) SELECT secret FROM other;
    CREATE VIEW v1_params AS SELECT run_id, 'lr' AS path, json_extract('{"a":1}', '$.a') AS value FROM runs;`);
  database.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

const run = (sql: string, limits = {}) => runQuery(folder, sql, limits);
const failure = async (sql: string, limits = {}): Promise<QueryError> => {
  const error = await run(sql, limits).then(
    (result) => result,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(QueryError);
  return error as QueryError;
};

describe('answers', () => {
  test('columns with types, NULL, infinities, large integers and blobs as values', async () => {
    const { columns, rows, truncated, elapsedMs } = await run(
      'SELECT run_id, val_loss, val_loss_state, steps, bytes FROM v1_runs ORDER BY run_id;',
    );
    expect(columns).toEqual([
      { name: 'run_id', type: 'text' },
      { name: 'val_loss', type: 'real' },
      { name: 'val_loss_state', type: 'text' },
      { name: 'steps', type: 'integer' },
      { name: 'bytes', type: 'blob' },
    ]);
    expect(rows).toEqual([
      ['a', 0.25, 'finite', 9007199254740993n, new Uint8Array([0, 255])],
      ['b', null, 'nan', 7, null],
      ['c', Number.POSITIVE_INFINITY, 'inf', 8, null],
    ]);
    expect(truncated).toBeNull();
    expect(elapsedMs).toBeGreaterThan(0);
  });

  test('joins, WITH, window functions, JSON and comments after the semicolon', async () => {
    const { rows } = await run(`-- a comment; with a semicolon
      WITH best AS (SELECT run_id, row_number() OVER (ORDER BY run_id) AS place FROM v1_runs)
      SELECT best.place, v1_params.value, ';' FROM best JOIN v1_params USING (run_id), json_each('[1]') WHERE place = 1; -- done`);
    expect(rows).toEqual([[1, 1, ';']]);
  });

  test('a view with a WITH of its own answers', async () => {
    expect((await run('SELECT secret FROM v1_inner ORDER BY 1')).rows).toEqual([['first'], ['second'], ['third']]);
    expect((await run('WITH mine AS (SELECT secret FROM v1_inner) SELECT count(secret) FROM mine')).rows).toEqual([[3]]);
  });

  test('counting rows needs no column, and a column may be called like a table inside', async () => {
    expect((await run('SELECT count(*) AS runs FROM v1_runs')).rows).toEqual([[3]]);
    expect((await run('SELECT count(*) leases FROM v1_runs r, v1_params')).rows).toEqual([[9]]);
    expect((await run('SELECT 1 IS DISTINCT FROM leases, leases FROM (SELECT 2 AS leases) ORDER BY 1, leases')).rows).toEqual([[1, 2]]);
  });

  test('rows of a WITH of the query are counted, also where a table inside is called like it', async () => {
    expect((await run('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5) SELECT count(*) FROM n')).rows).toEqual([
      [5],
    ]);
    expect((await run('WITH leases AS (SELECT * FROM v1_runs) SELECT count(*) FROM leases')).rows).toEqual([[3]]);
  });

  test('rows and bytes are cut at their limits', async () => {
    const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i FROM n';
    const byRows = await run(numbers);
    expect([byRows.rows.length, byRows.truncated]).toEqual([1000, 'rows']);
    const exact = await run(numbers, { rows: 2000 });
    expect([exact.rows.length, exact.truncated]).toEqual([2000, null]);
    const byBytes = await run("SELECT printf('%.600000c', 'x') FROM v1_runs");
    expect([byBytes.rows.length, byBytes.truncated]).toEqual([1, 'bytes']);
  });
});

describe('refusals', () => {
  test.each([
    ['PRAGMA user_version', 'sql.refused', 'PRAGMA'],
    ["ATTACH DATABASE 'x.db' AS x", 'sql.refused', 'ATTACH'],
    ['DELETE FROM runs', 'sql.refused', 'only read'],
    ["INSERT INTO runs (run_id) VALUES ('z')", 'sql.refused', 'only read'],
    ['UPDATE runs SET name = 1', 'sql.refused', 'only read'],
    ['CREATE TABLE t (a)', 'sql.refused', 'only read'],
    ['DROP VIEW v1_runs', 'sql.refused', 'only read'],
    ['VACUUM', 'sql.refused', 'VACUUM'],
    ["VACUUM INTO '/tmp/copy.db'", 'sql.refused', 'VACUUM'],
    ['REINDEX', 'sql.refused', 'REINDEX'],
    ['WITH x AS (SELECT 1) DELETE FROM runs', 'sql.refused', 'only read'],
    ['BEGIN', 'sql.refused', 'only read'],
    ['SELECT * FROM leases', 'sql.refused', 'leases is not a published view'],
    ['SELECT count(*) FROM leases', 'sql.refused', 'leases is not a published view'],
    ['SELECT 1 FROM v1_runs, main."leases"', 'sql.refused', 'leases is not a published view'],
    ['SELECT 1 FROM (leases)', 'sql.refused', 'leases is not a published view'],
    ["SELECT count(*) FROM 'leases'", 'sql.refused', 'leases is not a published view'],
    ["SELECT count(*) FROM v1_runs \"where\", 'main'.'leases'", 'sql.refused', 'leases is not a published view'],
    ['SELECT count(*) FROM v1_runs NATURAL JOIN leases', 'sql.refused', 'leases is not a published view'],
    ['SELECT secret FROM (SELECT 1 AS secret) FULL JOIN (v1_params, leases) USING (secret)', 'sql.refused', 'leases is not'],
    ['SELECT count(*) FROM sqlite_schema', 'sql.refused', 'sqlite_schema is not a published view'],
    ['WITH leases AS (SELECT 1) SELECT count(*) FROM leases, main.leases', 'sql.refused', 'leases is not a published view'],
    ['WITH a AS (WITH leases AS (SELECT 1) SELECT 1) SELECT count(*) FROM leases', 'sql.refused', 'leases is not a published view'],
    ['SELECT (SELECT secret FROM leases) FROM v1_runs', 'sql.refused', 'leases'],
    ['SELECT * FROM helper', 'sql.refused', 'helper'],
    ['SELECT sql FROM sqlite_schema', 'sql.refused', 'sqlite_master'],
    ["SELECT load_extension('x')", 'sql.refused', 'load_extension'],
    ['SELECT randomblob(10)', 'sql.refused', 'randomblob'],
    ["SELECT * FROM pragma_table_info('runs')", 'sql.refused', ''],
    ['WITH v1_runs AS (SELECT * FROM leases) SELECT * FROM v1_runs', 'sql.refused', 'WITH needs another one'],
    ['WITH "V1_Runs" (secret) AS MATERIALIZED (SELECT * FROM leases) SELECT * FROM v1_runs', 'sql.refused', 'another one'],
    ['WITH helper AS (SELECT * FROM leases) SELECT * FROM helper', 'sql.refused', 'another one'],
    ['WITH inside AS (SELECT * FROM leases) SELECT * FROM inside', 'sql.refused', 'another one'],
    ["WITH 'inside' AS (SELECT * FROM leases) SELECT * FROM inside", 'sql.refused', 'another one'],
    ['WITH [inside] AS (SELECT * FROM leases) SELECT * FROM inside', 'sql.refused', 'another one'],
    ['WITH `inside` AS (SELECT * FROM leases) SELECT * FROM inside', 'sql.refused', 'another one'],
    ['WITH mine AS (SELECT * FROM leases) SELECT * FROM mine', 'sql.refused', 'leases'],
    ['SELECT * FROM (SELECT * FROM leases) AS inside', 'sql.refused', 'leases'],
    ['SELECT * FROM (SELECT * FROM leases) v1_runs', 'sql.refused', 'leases'],
    ['WITH /* AS ( */ inside /* */ (secret) AS (SELECT * FROM leases) SELECT * FROM inside', 'sql.refused', 'another one'],
    ['SELECT 1; SELECT 2', 'sql.statements', 'One statement'],
    ['SELECT 1; DROP TABLE runs', 'sql.statements', 'One statement'],
    ['  -- nothing\n;', 'sql.empty', 'no query'],
  ])('%s', async (sql, code, message) => {
    const error = await failure(sql);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(new Database(join(folder, 'ledger.db'), { readonly: true }).prepare('SELECT count(*) FROM runs').pluck().get()).toBe(3);
  });

  test('an endless query is killed', async () => {
    const error = await failure('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n', {
      milliseconds: 100,
    });
    expect([error.code, error.message]).toEqual(['sql.time', 'The query ran longer than 0.1 s and was stopped.']);
  });

  test('a value too large to hold fails when it is made', async () => {
    const error = await failure("SELECT printf('%.9000000c', 'x') FROM v1_runs");
    expect([error.code, error.message]).toEqual(['sql.failed', 'String or blob too big.']);
  });
});

test('a ledger that is not there is an error, not an endless wait', async () => {
  await expect(runQuery(join(folder, 'nowhere'), 'SELECT 1')).rejects.toMatchObject({ code: 'sql.process' });
});

describe('mistakes are pointed at', () => {
  test.each([
    ['SELECT name FROM v1_runs WHRE name = 1', 'name', 'near "name": syntax error.'],
    ['SELECT name\nFORM v1_runs', 'v1_runs', 'near "v1_runs": syntax error.'],
    ['SELECT nmae FROM v1_runs', 'nmae', 'No such column: nmae.'],
    ["SELECT 'colour', r.colour FROM v1_runs r", 'colour', 'No such column: r.colour.'],
    ['SELECT * FROM v2_runs', 'v2_runs', 'No such table: v2_runs.'],
    ['SELECT sparkle(1)', 'sparkle', 'No such function: sparkle.'],
    ['SELECT run_id FROM v1_runs, v1_params', 'run_id', 'Ambiguous column name: run_id.'],
    ['SELECT secret FROM leases', 'leases', 'leases is not a published view.'],
    ['SELECT 1;\n\nSELECT 2', 'SELECT', 'One statement at a time.'],
  ])('%s', async (sql, word, message) => {
    const error = await failure(sql);
    expect(error.message.toLowerCase()).toBe(message.toLowerCase());
    const { offset, length } = error.mistake!;
    expect(sql.slice(offset, offset + length)).toBe(word);
  });

  test('the place counts lines and columns, and the last occurrence where that is the wrong one', async () => {
    const error = await failure('SELECT name FROM v1_runs\nWHERE name IS name name');
    expect(error.place).toBe('line 2, column 20');
    expect((await failure('SELECT (1')).mistake).toEqual({ offset: 9, length: 1 });
  });
});
