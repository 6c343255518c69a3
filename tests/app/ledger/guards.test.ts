// Append-only in layers: what SQLite itself refuses, and what is noticed at the next open where somebody took the guards away.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';

async function closedLedger(): Promise<string> {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  await ledger.log.append(streamOf('run', 1), 0, [event('One'), event('Two')], { flush: true });
  await ledger.close();
  return folder;
}

/** The file as any SQLite program sees it, with none of our settings. */
function tamper(folder: string, sql: string): void {
  const database = new Database(join(folder, 'ledger.db'));
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

test('SQLite refuses to change, delete or replace what is recorded', async () => {
  const folder = await closedLedger();
  const columns = 'position, id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash';
  const copyOf = (position: string, id: string, version: string) =>
    `SELECT ${position}, ${id}, stream, ${version}, attempt, type, schema_version, recorded_at, '{}', measured, arrays, blob, hash FROM events WHERE position = 1`;
  const refused = (sql: string) => expect(() => tamper(folder, sql), sql).toThrow(/append-only|only grows|no gaps|CHECK/);
  refused(`UPDATE events SET data = '{}'`);
  refused('UPDATE OR REPLACE events SET position = 2 WHERE position = 1');
  refused('DELETE FROM events');
  refused(`INSERT OR REPLACE INTO events (${columns}) ${copyOf('position', 'id', 'version')}`);
  refused(`INSERT OR REPLACE INTO events (${columns}) ${copyOf('NULL', 'id', '3')}`);
  refused(`INSERT OR REPLACE INTO events (${columns}) ${copyOf('1', "'other'", '3')}`);
  refused(`INSERT OR REPLACE INTO events (${columns}) ${copyOf('NULL', "'other'", '2')}`);
  refused(`INSERT INTO events (${columns}) ${copyOf('NULL', "'other'", '4')}`);
  refused(`INSERT INTO events (${columns}) ${copyOf('-1', "'other'", '3')}`);
  refused('UPDATE streams SET version = 1');
  refused('DELETE FROM streams');
  refused(`REPLACE INTO streams (ordinal, stream, version, head_hash) SELECT ordinal, stream, 1, head_hash FROM streams`);
});

test('guards that were taken away or changed are noticed at the next open, by writers and readers', async () => {
  const folder = await closedLedger();
  tamper(folder, 'DROP TRIGGER events_never_change');
  await expect(openLedger(folder, { write: true })).rejects.toMatchObject({ code: 'ledger.guards' });
  await expect(openLedger(folder, { write: false })).rejects.toThrow('trigger events_never_change is missing');
  tamper(folder, 'CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT 1; END');
  await expect(openLedger(folder, { write: true })).rejects.toThrow('trigger events_never_change was changed');
});

test('a trigger that is not ours is noticed', async () => {
  const folder = await closedLedger();
  tamper(folder, 'CREATE TRIGGER helpful AFTER INSERT ON events BEGIN SELECT 1; END');
  await expect(openLedger(folder, { write: true })).rejects.toThrow('trigger helpful is not ours');
});

test('readers cannot write at all', async () => {
  const folder = await closedLedger();
  const ledger = await temporaryLedger({ folder, write: false });
  expect(() => ledger.database.exec('CREATE TABLE t (x)')).toThrow('readonly');
  const event = eventSource();
  await expect(ledger.log.append(streamOf('run', 2), 0, [event('One')])).rejects.toMatchObject({ code: 'ledger.readOnly' });
});
