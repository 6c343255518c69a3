// The connection to the past: any moment in any order, with statements prepared once, while the ledger grows; and what it may cost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { momentReader } from '../../../app/ledger/moment.ts';
import { membersSql, pageSql } from '../../../app/web/runs/folds.ts';
import { eventSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from './synthetic.ts';
import { viewsOfRuns } from './viewsOfRuns.ts';

const plan = { epochs: 3, train: 640 };

async function ledgerWithRun() {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  const queued = event('RunQueued', { data: { recipe: syntheticRecipe(plan) as never, name: 'first', tags: [], sweep: null } });
  const events = [queued, ...asEvents(syntheticFacts(plan), event)];
  await record(ledger.log, streamOf('run', 1), 0, events);
  return { ledger, event, events };
}

test('one statement, any moment, in any order; what is appended later changes no moment before', async () => {
  const { ledger, event, events } = await ledgerWithRun();
  const { database, moveTo } = ledger.past();
  const read = database.prepare<[], { name: string; status: string; epochs_done: number }>('SELECT name, status, epochs_done FROM v1_runs');
  const epochs = database.prepare<[], number>('SELECT count(*) FROM v1_epochs').pluck();
  const at = (position: number) => {
    moveTo(position);
    return [...read.all().map((run) => [run.name, run.status, run.epochs_done]), epochs.get()];
  };
  const second = 1 + events.findIndex(({ type, data }) => type === 'EpochMeasured' && (data as { epoch: number }).epoch === 2);
  expect(at(second)).toEqual([['first', 'running', 2], 2]);
  expect(at(1)).toEqual([['first', 'queued', 0], 0]);
  expect(at(events.length)).toEqual([['first', 'completed', 3], 3]);
  await ledger.log.append(`${streamOf('run', 1)}/notes`, 0, [event('RunNamed', { data: { name: 'second' } })], { flush: true });
  expect(at(second)).toEqual([['first', 'running', 2], 2]);
  expect(at(events.length + 1)).toEqual([['second', 'completed', 3], 3]);
  await ledger.readModels.rebuild();
  expect(at(second)).toEqual([['first', 'running', 2], 2]);
});

test('nothing can be written through it, and the tables are still there', async () => {
  const { ledger } = await ledgerWithRun();
  const { database, moveTo } = ledger.past();
  moveTo(1);
  expect(() => database.exec('UPDATE main.runs SET name = NULL')).toThrow(/readonly/);
  expect(() => database.exec('UPDATE runs SET name = NULL')).toThrow(/view/);
  expect(database.prepare<[], number>('SELECT count(*) FROM main.epochs').pluck().get()).toBe(3);
});

test('log, streams and leases end there too', async () => {
  const { ledger, events } = await ledgerWithRun();
  const { database, moveTo } = ledger.past();
  moveTo(4);
  expect(database.prepare('SELECT version, head_hash FROM streams').all()).toEqual(
    ledger.database.prepare('SELECT version, hash AS head_hash FROM events WHERE position = 4').all(),
  );
  expect(database.prepare('SELECT count(*) AS events FROM v1_events').get()).toEqual({ events: 4 });
  moveTo(0);
  expect(database.prepare('SELECT * FROM streams').all()).toEqual([]);
  moveTo(events.length - 1);
  // Nobody holds a lease on it any more: then it was under way.
  expect(database.prepare<[], string>('SELECT status FROM v1_runs').pluck().get()).toBe('running');
});

test('an event that is the newest, or has not happened yet, is the present', async () => {
  const { ledger, events } = await ledgerWithRun();
  const momentAt = momentReader(ledger.database);
  expect(momentAt(3)).toEqual({ position: 3, recordedAt: events[2]!.recordedAt });
  expect([momentAt(events.length), momentAt(events.length + 7)]).toEqual([null, null]);
});

describe('what it may cost', () => {
  let ledger: Awaited<ReturnType<typeof openLedger>>;
  beforeAll(async () => {
    ledger = await openLedger(mkdtempSync(join(tmpdir(), 'runledger-')), { write: true });
  });
  afterAll(async () => {
    await ledger.close();
    rmSync(ledger.folder, { recursive: true });
  });

  /** Every step that reads a table of the ledger; the one row that holds the moment is none. */
  const steps = (sql: string, parameters: object = {}): string[] =>
    ledger
      .past()
      .database.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(parameters)
      .map(({ detail }) => detail)
      .filter((detail) => /^(SCAN|SEARCH)/.test(detail) && detail !== 'SCAN moment');
  const virtual = /^SCAN (\w+ VIRTUAL TABLE|all_bytes|\d+ CONSTANT ROW|CONSTANT ROW)/;
  const scans = (sql: string, parameters?: object) =>
    steps(sql, parameters).filter((step) => step.startsWith('SCAN') && !virtual.test(step));
  const filter = { text: null, status: null, dataset: null, offset: 0, archived: 0 };

  test.for(['started', 'accuracy', 'name'])(
    'the runs table sorted by %s passes once over the newest rows and looks each version up',
    (sort) => {
      const read = steps(pageSql({ sort, descending: true, at: 1 }), filter).filter((step) => !/LEFT-JOIN|subquery/.test(step));
      expect(read).toEqual([
        expect.stringMatching(/^SEARCH newest USING (COVERING )?INDEX runs_open_newest \(to_position=\? AND first_position<\?\)/),
        'SEARCH version USING INTEGER PRIMARY KEY (rowid=?)',
        expect.stringMatching(/^SEARCH main\.runs USING COVERING INDEX runs_versions/),
      ]);
    },
  );

  test('its rows are looked up by id', () => {
    expect(steps(membersSql, { ids: '[]' }).filter((step) => /newest/.test(step))).toEqual([
      'SEARCH newest USING INDEX runs_open (run_id=?)',
    ]);
  });

  test.for(viewsOfRuns)('%s of one run is looked up', (view) => {
    const read = steps(`SELECT * FROM ${view} WHERE run_id = '${uuidOf(1)}'`);
    expect(read[0]).toMatch(/^(SEARCH newest USING INDEX runs_open \(run_id=\?\)|SCAN (\d+ )?CONSTANT ROW)/);
    expect(scans(`SELECT * FROM ${view} WHERE run_id = '${uuidOf(1)}'`)).toEqual([]);
    // A table of ten thousand runs has more rows below a position than anybody wants to read.
    expect(read.filter((step) => /USING INTEGER PRIMARY KEY \(rowid<\?\)/.test(step))).toEqual([]);
  });

  test('events of a run are looked up by its stream', () => {
    const read = steps(`SELECT * FROM v1_events WHERE stream = 'run/x' ORDER BY version DESC LIMIT 20`);
    expect(read.every((step) => /^SEARCH main\.(streams|events)/.test(step) && /stream=\?/.test(step))).toBe(true);
    expect(read.length).toBeGreaterThan(1);
  });
});
