// What pages ask for stays cheap with ten thousand runs and a million events: one pass over the open rows for the runs table, look-ups by
// index for everything about one run. Plans are checked, not times.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ledger, openLedger } from '../../../app/ledger/index.ts';
import { viewsOfRuns } from './viewsOfRuns.ts';

let ledger: Ledger;

beforeAll(async () => {
  ledger = await openLedger(mkdtempSync(join(tmpdir(), 'runledger-')), { write: true });
});
afterAll(async () => {
  await ledger.close();
  rmSync(ledger.folder, { recursive: true });
});

/** Every step that reads a table, as SQLite words it. */
const plan = (sql: string): string[] =>
  ledger.database
    .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => detail)
    .filter((detail) => /^(SCAN|SEARCH)/.test(detail));

const columns = 'run_id, name, status, dataset, val_accuracy, val_loss_state, steps_done';

test.for(['first_position', 'val_accuracy', 'name', 'queued_at', 'lr'])(
  'the runs table sorted by %s reads open rows only, and each lease by its key',
  (sort) => {
    const steps = plan(
      `SELECT ${columns} FROM v1_runs WHERE dataset = 'mnist' AND status = 'completed' AND name LIKE '%bn%' ORDER BY ${sort} DESC LIMIT 40 OFFSET 80`,
    );
    expect(steps[0]).toMatch(/^SEARCH runs USING INDEX runs_open\w* \(to_position=\?\)/);
    expect(steps[1]).toMatch(/^SEARCH leases USING PRIMARY KEY \(run_id=\?\)/);
    for (const step of steps.slice(2)) expect(step).toMatch(/^SEARCH steps USING (COVERING )?INDEX steps_run \(run=\?\)/);
  },
);

test('newest first needs no sorting', () => {
  const details = ledger.database
    .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT ${columns} FROM v1_runs ORDER BY first_position DESC LIMIT 40`)
    .all()
    .map(({ detail }) => detail);
  expect(details).not.toContain('USE TEMP B-TREE FOR ORDER BY');
});

test('columns that are not asked for cost nothing', () => {
  expect(plan('SELECT run_id, name FROM v1_runs').join()).not.toMatch(/recipes|steps/);
});

test.for(viewsOfRuns)('%s of one run is looked up', (view) => {
  const scanned = plan(`SELECT * FROM ${view} WHERE run_id = 'x'`).filter((step) => step.startsWith('SCAN'));
  const virtual = /^SCAN (\w+ VIRTUAL TABLE|all_bytes|\d+ CONSTANT ROW|CONSTANT ROW)/;
  expect(scanned.filter((step) => !virtual.test(step))).toEqual([]);
});

test('events of one stream, and events after a position, are looked up', () => {
  expect(
    plan(`SELECT * FROM v1_events WHERE stream = 'run/x' ORDER BY version LIMIT 40`).filter((step) => step.startsWith('SCAN')),
  ).toEqual([]);
  expect(plan('SELECT * FROM v1_events WHERE position > 5 ORDER BY position LIMIT 40')[0]).toMatch(
    /^SEARCH events USING INTEGER PRIMARY KEY/,
  );
});
