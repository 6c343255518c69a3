// Ten thousand runs: the table stays one scan and a handful of look-ups. Rows are put into the read model by hand; no clock is read.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { censusSql } from '../../../app/web/runs/census.ts';
import { membersSql, newestSql, pageSql, rowsPerPage, shownSql } from '../../../app/web/runs/folds.ts';
import { type OpenPages, openPages } from './open.ts';

let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages();
  const database = new Database(join(pages.ledger.folder, 'ledger.db'));
  // Five repeats a configuration, every fiftieth run failed, every run moved once (a closed row before the open one).
  database.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000),
      run(i, position, closed) AS (SELECT (i + 1) / 2, i, i % 2 FROM n)
    INSERT INTO runs (from_position, to_position, first_position, run_id, name, status, config_id, dataset, seed, batch_norm, optimizer, lr,
      augment, epochs, epochs_done, steps_done, queued_at, seconds, samples_per_second, train_accuracy, val_accuracy, val_loss, attempt,
      archived, tags)
    SELECT position, iif(closed, position + 1, NULL), 2 * i - 1, printf('%08x-0000-4000-8000-000000000000', i * 40503 % 65536 * 65536 + i),
      printf('variant %d · seed %d', i / 5, i % 5), iif(closed, 'running', iif(i % 50 = 0, 'failed', 'completed')), printf('%064d', i / 5),
      iif(i / 5 % 3, 'mnist', 'cifar10'), i % 5, i / 5 % 2, 'adam', 0.001, 'none', 30, 30, 6000, '2026-03-14T12:00:00.000Z', 200.5, 6000,
      0.9, 0.8 + (i % 97) / 1000.0, 0.5, 1, 0, '' FROM run`);
  database.close();
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const plan = (sql: string): string[] =>
  pages.ledger.database
    .prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all({ text: null, status: null, dataset: null, archived: 0, offset: 0, keys: '[]', ids: '[]' })
    .map(({ detail }) => detail);

test('a page takes one pass over the open runs, whatever it sorts by', () => {
  for (const sort of ['started', 'accuracy', 'name']) {
    const passes = plan(pageSql({ sort, descending: true, at: null })).filter((step) => /^(SCAN|SEARCH) runs/.test(step));
    expect(passes).toHaveLength(1);
    expect(passes[0]).toMatch(sort === 'accuracy' ? /USING INDEX runs_open/ : /USING COVERING INDEX runs_open_newest/);
  }
});

test('the newest runs come in the order of an index, and all that is counted takes one pass', () => {
  const newest = plan(newestSql);
  expect(newest.filter((step) => /LEFT-JOIN/.test(step) === false)).toEqual([
    expect.stringMatching(/^SEARCH runs USING COVERING INDEX runs_open_newest/),
  ]);
  expect(plan(censusSql).filter((step) => /^(SCAN|SEARCH) runs/.test(step))).toHaveLength(1);
});

test('the runs of a page are looked up, not searched', () => {
  const steps = [membersSql, shownSql].flatMap(plan).filter((step) => /\bruns\b/.test(step));
  expect(steps).toHaveLength(3);
  for (const step of steps) expect(step).toMatch(/^SEARCH runs USING INDEX runs_open(_configuration)? \((config_id|run_id)=\?\)/);
});

test('pages show forty rows each, every row once', async () => {
  const keysOf = (text: string) => [...text.matchAll(/<tr id="row-([^"]+)"/g)].map(([, key]) => key!);
  const first = await pages.get('/');
  expect(first.text).toContain('10,000 runs</span>, folded to 2,200 rows');
  expect(first.text).toContain('Rows 1–40 of 2,200');
  expect(first.text).toMatch(/rel="next" href="\/\?page=2"/);
  const second = await pages.get('/?page=2');
  const last = await pages.get('/?page=55');
  expect([first, second, last].map(({ text }) => keysOf(text).length)).toEqual([rowsPerPage, rowsPerPage, rowsPerPage]);
  expect(new Set([first, second, last].flatMap(({ text }) => keysOf(text))).size).toBe(3 * rowsPerPage);
  expect((await pages.get('/?page=56')).text).toContain('No run matches');
});

test('sorting is over all rows, not over a page', async () => {
  const { text } = await pages.get('/?sort=accuracy&status=completed&q=variant+12');
  const means = [...text.matchAll(/<td class="n"><span>([\d.]+)<\/span>/g)].map(([, mean]) => Number(mean));
  expect(means.length).toBe(40);
  expect(means).toEqual([...means].sort((a, b) => b - a));
});
