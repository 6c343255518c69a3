// Live and rebuilt read models are the same, byte for byte; others may append while a rebuild is under way.
import { expect, test } from 'vitest';
import type { Ledger } from '../../../app/ledger/index.ts';
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

async function fill(ledger: Ledger, runs: number): Promise<void> {
  const event = eventSource();
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
