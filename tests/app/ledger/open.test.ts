// What opening a ledger refuses, and with which words.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';

function change(folder: string, sql: string): void {
  const database = new Database(join(folder, 'ledger.db'));
  database.exec(sql);
  database.close();
}

async function refusal(folder: string, write: boolean): Promise<{ code: string; message: string; help: string }> {
  return openLedger(folder, { write }).then(
    async (ledger) => {
      await ledger.close();
      throw new Error('it opened');
    },
    (error) => error,
  );
}

test('where there is no ledger, reading says what to run and makes nothing', async () => {
  const folder = join(temporaryFolder(), 'none');
  const { code, message, help } = await refusal(folder, false);
  expect(code).toBe('ledger.missing');
  expect(message).toContain(folder);
  expect(help).toContain('runledger train');
});

test('a ledger of a newer version is left alone', async () => {
  const folder = temporaryFolder();
  await (await temporaryLedger({ folder })).close();
  change(folder, 'PRAGMA user_version = 99');
  expect((await refusal(folder, true)).code).toBe('ledger.newer');
  expect((await refusal(folder, false)).code).toBe('ledger.newer');
});

test("another program's database and other files are left alone", async () => {
  const folder = temporaryFolder();
  change(folder, 'CREATE TABLE theirs (x)');
  expect((await refusal(folder, true)).code).toBe('ledger.foreign');
  const other = temporaryFolder();
  writeFileSync(join(other, 'ledger.db'), 'not a database at all, but long enough to look at');
  expect((await refusal(other, true)).code).toBe('ledger.damaged');
});

test('a folder that cannot be made is an error with help', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect((await refusal(join(folder, 'file', 'ledger'), true)).code).toBe('ledger.access');
  mkdirSync(join(folder, 'ledger.db'));
  expect((await refusal(folder, true)).code).toBe('ledger.access');
});

test('read models of another version are made anew by who may write, and refused by who only reads', async () => {
  const folder = temporaryFolder();
  const first = await temporaryLedger({ folder });
  const event = eventSource();
  const declared = { name: 'bn', kind: 'grid', recipe: {}, factors: [], seeds: [1], metric: 'validationAccuracy' };
  await first.log.append(streamOf('sweep', 1), 0, [event('SweepDeclared', { data: declared })], { flush: true });
  await first.close();
  change(folder, `UPDATE read_models SET fingerprint = 'older'; DELETE FROM sweeps`);
  const { code, help } = await refusal(folder, false);
  expect(code).toBe('ledger.outdated');
  expect(help).toBe('bring it up to date with  runledger rebuild');
  const heard: [number, number][] = [];
  const again = await temporaryLedger({ folder, onRebuild: (done, total) => heard.push([done, total]) });
  expect(heard.at(-1)).toEqual([1, 1]);
  expect(await again.readModels.rows('v1_sweeps')).toMatchObject([{ name: 'bn' }]);
});

test('views and tables that another program took away are made anew by who may write', async () => {
  const folder = temporaryFolder();
  const first = await temporaryLedger({ folder });
  const declared = { name: 'bn', kind: 'grid', recipe: {}, factors: [], seeds: [1], metric: 'validationAccuracy' };
  await first.log.append(streamOf('sweep', 1), 0, [eventSource()('SweepDeclared', { data: declared })], { flush: true });
  await first.close();
  for (const sql of ['DROP VIEW v1_sweeps', 'DROP TABLE sweeps', 'DROP INDEX trials_run']) {
    change(folder, sql);
    const again = await temporaryLedger({ folder });
    expect(await again.readModels.rows('v1_sweeps')).toMatchObject([{ name: 'bn' }]);
    await again.close();
  }
});

test('a writer stops when another version changes the read models under it', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  change(folder, `UPDATE read_models SET fingerprint = 'newer'`);
  await expect(ledger.log.append(streamOf('run', 1), 0, [event('One')], { flush: true })).rejects.toMatchObject({
    code: 'ledger.outdated',
  });
  expect(await ledger.log.head(streamOf('run', 1))).toEqual({ version: 0, hash: null });
});

test('a file that is no database is damaged for readers too, in our words', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'ledger.db'), 'not a database, but long enough to be looked at as one: '.repeat(40));
  const { code, help } = await refusal(folder, false);
  expect(code).toBe('ledger.damaged');
  expect(help).toContain('runledger verify');
});
