// What the disk and other writers can do to a commit: full, busy. Nothing is half done, and the same append works afterwards.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { encodeEvent } from '../../../app/ledger/encode.ts';
import { openConnection, storageError, transact } from '../../../app/ledger/sqlite/connection.ts';
import { openWriter } from '../../../app/ledger/sqlite/writer.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { temporaryFolder } from './folders.ts';

const stream = streamOf('run', 1);

test('a full disk is an error with help; with room again the same append goes through', async () => {
  const writer = await openWriter(join(temporaryFolder(), 'ledger.db'));
  const event = eventSource();
  const small = { stream, expectedVersion: 0, events: [encodeEvent(event('One'))] };
  const large = { stream, expectedVersion: 1, events: [encodeEvent(event('Large', { arrays: new Uint8Array(1_000_000) }))] };
  writer.appendAll([small]);
  const pages = writer.database.pragma('page_count', { simple: true }) as number;
  writer.database.pragma(`max_page_count = ${pages + 10}`);
  expect(() => writer.appendAll([large])).toThrow(
    expect.objectContaining({ code: 'ledger.full', help: expect.stringContaining('make room') }),
  );
  expect(writer.database.inTransaction).toBe(false);
  expect(writer.position()).toBe(1);
  writer.database.pragma(`max_page_count = ${pages + 10_000}`);
  expect(writer.appendAll([large])).toMatchObject([{ outcome: { kind: 'appended', fresh: true } }]);
  writer.close();
});

test('whoever cannot get the lock in five seconds is told so', { timeout: 20_000 }, async () => {
  const file = join(temporaryFolder(), 'ledger.db');
  const writer = await openWriter(file);
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  const request = { stream, expectedVersion: 0, events: [encodeEvent(eventSource()('One'))] };
  expect(() => writer.appendAll([request])).toThrow(expect.objectContaining({ code: 'ledger.busy' }));
  other.exec('COMMIT');
  other.close();
  expect(writer.appendAll([request])).toMatchObject([{ outcome: { kind: 'appended' } }]);
  writer.close();
});

test('an append that a projection cannot take is refused alone, and leaves no trace', async () => {
  const writer = await openWriter(join(temporaryFolder(), 'ledger.db'));
  const event = eventSource();
  const sweep = streamOf('sweep', 1);
  const trial = { trial: 1, run: 'x', assignment: {}, seed: 1.5, reused: false };
  const wrong = { ...encodeEvent(event('Other')), type: 'TrialProposed', data: JSON.stringify(trial) };
  const replies = writer.appendAll([
    { stream: sweep, expectedVersion: 0, events: [wrong] },
    { stream, expectedVersion: 0, events: [encodeEvent(event('One'))] },
  ]);
  expect(replies).toMatchObject([{ error: expect.any(Error) }, { outcome: { kind: 'appended' } }]);
  expect(writer.database.prepare('SELECT stream FROM streams').pluck().all()).toEqual([stream]);
  writer.close();
});

test('whatever is thrown inside a transaction rolls it back', async () => {
  const writer = await openWriter(join(temporaryFolder(), 'ledger.db'));
  const failing = () =>
    transact(writer.database, () => {
      writer.database.exec(`INSERT INTO work (key, payload) VALUES ('k', 'null')`);
      throw new RangeError('no');
    });
  expect(failing).toThrow(RangeError);
  expect(writer.database.prepare('SELECT count(*) FROM work').pluck().get()).toBe(0);
  writer.close();
});

test('a disk too full for the shared memory of the write-ahead log is a full disk', () => {
  const error = new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_SHMSIZE');
  expect(storageError(error, 'ledger.db')).toMatchObject({ code: 'ledger.full', place: 'ledger.db' });
});

test('an event that another program slipped in is a damage that the next append names', async () => {
  const file = join(temporaryFolder(), 'ledger.db');
  const writer = await openWriter(file);
  const event = eventSource();
  const append = (version: number) => writer.appendAll([{ stream, expectedVersion: version, events: [encodeEvent(event('One'))] }]);
  append(0);
  const other = new Database(file);
  other.exec(`INSERT INTO events (id, stream, version, attempt, type, schema_version, recorded_at, data, measured, hash)
    SELECT 'x', stream, 2, attempt, type, schema_version, recorded_at, data, measured, hash FROM events`);
  other.close();
  expect(append(1)).toMatchObject([{ error: { code: 'ledger.damaged', help: expect.stringContaining('verify') } }]);
  writer.close();
});

test('a writer syncs every commit, and no connection trusts the file', async () => {
  const file = join(temporaryFolder(), 'ledger.db');
  (await openWriter(file)).close();
  const settings = (write: boolean) => {
    const database = openConnection(file, { write });
    const of = (name: string) => database.pragma(name, { simple: true });
    const found = {
      synchronous: of('synchronous'),
      journal: of('journal_mode'),
      trusted: of('trusted_schema'),
      cellsChecked: of('cell_size_check'),
      recursive: of('recursive_triggers'),
    };
    database.close();
    return found;
  };
  const guarded = { journal: 'wal', trusted: 0, cellsChecked: 1, recursive: 1 };
  // 2 is FULL.
  expect(settings(true)).toEqual({ synchronous: 2, ...guarded });
  expect(settings(false)).toMatchObject(guarded);
});
