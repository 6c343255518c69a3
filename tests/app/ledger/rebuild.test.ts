// Live and rebuilt read models are the same, byte for byte; others may append while a rebuild is under way.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ledger } from '../../../app/ledger/index.ts';
import { openConnection } from '../../../app/ledger/sqlite/connection.ts';
import { rebuild } from '../../../app/ledger/sqlite/rebuild.ts';
import { openScratch } from '../../../app/ledger/sqlite/scratch.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';
import { asEvents, record, syntheticFacts } from './synthetic.ts';

function dump({ database }: Ledger): Record<string, unknown[][]> {
  const tables = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type IN ('table') AND name NOT LIKE 'sqlite%' ORDER BY name`)
    .pluck()
    .all();
  return Object.fromEntries(
    tables.map((table) => [table, database.prepare<[], unknown[]>(`SELECT * FROM "${table}" ORDER BY 1`).raw().all()]),
  );
}

const schema = ({ database }: Ledger) =>
  database
    .prepare<[], string>(
      `SELECT type || ' ' || name || ' ' || replace(replace(coalesce(sql, ''), '\`', ''), '"', '') FROM sqlite_schema ORDER BY 1`,
    )
    .pluck()
    .all();

async function fill(ledger: Ledger, runs: number, event = eventSource()): Promise<void> {
  for (let n = 1; n <= runs; n++) {
    const plan = { epochs: 4, seed: n, train: 6400, batchNorm: n % 2 === 0, ...(n === 3 ? { divergesAt: 2 } : {}) };
    await record(ledger.log, streamOf('run', n), 0, asEvents(syntheticFacts(plan), event));
  }
  await ledger.log.append(`${streamOf('run', 1)}/notes`, 0, [event('RunTagged', { data: { add: ['x'], remove: [] } }), event('Invented')], {
    flush: true,
  });
}

test('a rebuild gives the same tables, indexes and views', async () => {
  const ledger = await temporaryLedger();
  await fill(ledger, 4);
  const [tables, statements] = [dump(ledger), schema(ledger)];
  expect(tables.epochs!.length).toBe(16);
  const seen: number[] = [];
  const { events, unknown } = await ledger.readModels.rebuild((done) => seen.push(done));
  expect({ events, unknown }).toEqual({ events: tables.events!.length, unknown: 1 });
  expect(seen.at(-1)).toBe(events);
  expect(dump(ledger)).toEqual(tables);
  expect(schema(ledger)).toEqual(statements);
});

test('open rows kept in memory are what the database says: after writes of another process, after texts that SQLite keeps otherwise', async () => {
  const folder = temporaryFolder();
  const [ledger, other] = [await temporaryLedger({ folder }), await temporaryLedger({ folder })];
  const event = eventSource();
  const facts = asEvents(syntheticFacts({ epochs: 3, train: 640 }), event);
  const tag = (text: string) => event('RunTagged', { data: { add: [text], remove: [] } });
  const [run, notes] = [streamOf('run', 1), `${streamOf('run', 1)}/notes`];
  // Each in a transaction of its own, on two connections in turn.
  for (const [index, fact] of facts.entries()) {
    await ledger.log.append(run, index, [fact], { flush: true });
    await other.log.append(notes, index, [tag(index % 2 === 0 ? '\ud800' : `x${index}`)], { flush: true });
  }
  const tables = dump(ledger);
  expect(tables.runs!.length).toBeGreaterThan(facts.length);
  await ledger.readModels.rebuild();
  expect(dump(ledger)).toEqual(tables);
});

test('of two rebuilds at once the slower one finds its work done', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  await fill(ledger, 4, event);
  await record(
    ledger.log,
    `${streamOf('run', 2)}/notes`,
    0,
    Array.from({ length: 4500 }, () => event('Invented')),
  );
  const tables = dump(ledger);
  const quick = openConnection(join(folder, 'ledger.db'), { write: true });
  const slow = openConnection(join(folder, 'ledger.db'), { write: true });
  let overtaken = false;
  const results = await rebuild(slow, {
    async pause() {
      if (!overtaken) await rebuild(quick);
      overtaken = true;
    },
  });
  for (const database of [quick, slow]) database.close();
  expect(results).toEqual({ events: tables.events!.length, unknown: tables.unknown_events!.length });
  expect(dump(ledger)).toEqual(tables);
});

test('what is appended during a rebuild is in it', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  const stream = `${streamOf('run', 1)}/notes`;
  const many = Array.from({ length: 5000 }, () => event('Invented'));
  await record(ledger.log, stream, 0, many);
  const other = await temporaryLedger({ folder });
  const rebuilding = ledger.readModels.rebuild();
  for (let n = 0; n < 5; n++) await other.log.append(stream, 5000 + n, [event('Invented')], { flush: true });
  const { events } = await rebuilding;
  expect(events).toBeGreaterThanOrEqual(5000);
  expect(await ledger.readModels.rows('v1_unknown_events')).toMatchObject([{ events: 5005 }]);
  expect(await other.readModels.checkpoint()).toBe('5005');
  expect(dump(ledger)).not.toHaveProperty('fresh');
  expect(Object.keys(dump(ledger)).filter((table) => table.startsWith('fresh'))).toEqual([]);
});

test('as of event N is one predicate: the rows of any moment are those of a ledger that ended there', async () => {
  const ledger = await temporaryLedger();
  const event = eventSource();
  // The first run is resumed at its first checkpoint.
  const facts = asEvents(syntheticFacts({ epochs: 3, train: 640 }), event);
  const [at, taken] = [facts.findIndex(({ type }) => type === 'CheckpointTaken'), facts.find(({ type }) => type === 'CheckpointTaken')!];
  const { epoch, step, sha256 } = taken.data as { epoch: number; step: number; sha256: string };
  const resumed = event('RunResumed', { data: { attempt: 2, checkpoint: sha256, epoch, step }, attempt: 2 });
  const again = asEvents([...syntheticFacts({ epochs: 3, train: 640 })].slice(at + 1), event);
  await record(ledger.log, streamOf('run', 9), 0, [...facts.slice(0, -3), resumed, ...again]);
  await fill(ledger, 3, event);
  const { events } = await ledger.log.readAll({ limit: 10_000 });
  const columnsOf = (table: string) =>
    ledger.database.prepare<[string], string>(`SELECT name FROM pragma_table_info(?) WHERE name <> 'to_position'`).pluck().all(table);
  const rowsClose = (table: string) =>
    ledger.database.prepare<[string]>(`SELECT 1 FROM pragma_table_info(?) WHERE name = 'to_position'`).get(table) !== undefined;
  const tables = ledger.database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all();
  const changing = tables.filter((table) => columnsOf(table).includes('from_position'));
  const lasting = tables.filter((table) => table !== 'events' && table !== 'read_models' && columnsOf(table).includes('position'));
  expect([changing.length, lasting.length]).toEqual([4, 11]);

  for (const last of [1, 7, 20, 41, events.length - 1]) {
    const { database: then, fold } = openScratch({ views: false });
    for (const event of events.slice(0, last)) fold(event);
    const compare = (table: string, asOf: string, open: string) => {
      const select = `SELECT ${columnsOf(table)} FROM ${table} WHERE`;
      const now = ledger.database.prepare<[object], unknown[]>(`${select} ${asOf} ORDER BY 1`).raw().all({ last });
      const before = then.prepare<[], unknown[]>(`${select} ${open} ORDER BY 1`).raw().all();
      expect(now, `${table} as of ${last}`).toEqual(before);
    };
    for (const table of changing)
      compare(table, 'from_position <= @last AND (to_position IS NULL OR to_position > @last)', 'to_position IS NULL');
    for (const table of lasting) {
      const closes = rowsClose(table);
      compare(
        table,
        closes ? 'position <= @last AND (to_position IS NULL OR to_position > @last)' : 'position <= @last',
        closes ? 'to_position IS NULL' : 'true',
      );
    }
    then.close();
  }
});
