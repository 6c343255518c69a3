// verify finds what was changed behind the program's back, names it, and finds nothing where nothing was changed.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { verifyLedger } from '../../../app/ledger/verify/index.ts';
import { eventSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';
import { asEvents, record, syntheticFacts } from './synthetic.ts';

async function recordedLedger(): Promise<{ folder: string; blob: string }> {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  for (const n of [1, 2])
    await record(ledger.log, streamOf('run', n), 0, asEvents(syntheticFacts({ epochs: 2, seed: n, train: 6400 }), event));
  const blob = await ledger.blobs.put(new Uint8Array([1, 2, 3]));
  await ledger.log.append(streamOf('run', 3), 0, [event('Kept', { blob })], { flush: true });
  await ledger.close();
  return { folder, blob };
}

/** Changes the file with its triggers away, as somebody with any SQLite program could, and puts the triggers back. */
function tamper(folder: string, sql: string, { keepGuards = true } = {}): void {
  const database = new Database(join(folder, 'ledger.db'));
  const triggers = database.prepare<[], { name: string; sql: string }>(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  if (keepGuards) for (const trigger of triggers) database.exec(trigger.sql);
  database.close();
}

const verdicts = async (folder: string) =>
  Object.fromEntries((await verifyLedger(folder)).checks.map(({ name, verdict }) => [name, verdict]));

test('an intact ledger is intact, and its head depends on what was recorded only', async () => {
  const { folder } = await recordedLedger();
  const report = await verifyLedger(folder);
  expect(report.ok).toBe(true);
  expect(report.checks.map(({ name, ok, verdict }) => ({ name, ok, verdict }))).toEqual([
    { name: 'chain', ok: true, verdict: 'intact' },
    { name: 'blobs', ok: true, verdict: 'intact' },
    { name: 'read models', ok: true, verdict: 'equal' },
    { name: 'guards', ok: true, verdict: 'in place' },
    { name: 'database', ok: true, verdict: 'ok' },
  ]);
  expect(report.checks[0]!.detail).toMatch(/^\d+ events, 3 streams$/);
  expect(report.checks[1]!.detail).toBe('1 file, 0 MB');
  expect(report.heads.map(({ stream }) => stream)).toEqual([1, 2, 3].map((n) => streamOf('run', n)));
  const { folder: twin } = await recordedLedger();
  expect((await verifyLedger(twin)).head).toBe(report.head);
});

test('a changed event is named, with both hashes and what rests on it; other streams are intact', async () => {
  const { folder } = await recordedLedger();
  const position = 5;
  tamper(folder, `UPDATE events SET measured = '{"seconds":1}' WHERE position = ${position}`);
  const { ok, checks, damages } = await verifyLedger(folder);
  expect(ok).toBe(false);
  expect(checks[0]).toMatchObject({ ok: false, verdict: 'damaged at event 5' });
  expect(damages).toHaveLength(1);
  expect(damages[0]).toMatchObject({ stream: `run/${uuidOf(1)}`, version: 5, position, type: 'StepsMeasured' });
  expect(damages[0]!.found).not.toBe(damages[0]!.expected);
  expect(damages[0]!.restsOnIt).toBeGreaterThan(5);
});

test('a missing event in the middle, and a missing tail that the table of streams still knows, are found', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, 'DELETE FROM events WHERE position = 3');
  expect((await verifyLedger(folder)).damages).toMatchObject([{ version: 4, position: 4 }]);
  const { folder: other } = await recordedLedger();
  tamper(other, 'DELETE FROM events WHERE position = (SELECT max(position) FROM events)');
  expect((await verifyLedger(other)).damages).toMatchObject([{ stream: `run/${uuidOf(3)}`, position: null }]);
});

test('events whose stream was taken out of the table of streams are found', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, `DELETE FROM streams WHERE stream = '${streamOf('run', 3)}'`);
  const report = await verifyLedger(folder);
  expect(report.checks[0]).toMatchObject({ name: 'chain', ok: false, verdict: '1 event belongs to no stream' });
  expect(report.ok).toBe(false);
});

test('blobs: missing, damaged, orphaned', async () => {
  const { folder, blob } = await recordedLedger();
  const path = join(folder, 'blobs', blob.slice(0, 2), blob);
  writeFileSync(path, 'other');
  expect(await verdicts(folder)).toMatchObject({ blobs: '1 missing or damaged' });
  rmSync(path);
  const { faults } = await verifyLedger(folder);
  expect(faults).toEqual([expect.stringContaining(blob)]);
  const { folder: other } = await recordedLedger();
  const ledger = await temporaryLedger({ folder: other });
  await ledger.blobs.put(new Uint8Array(1000));
  expect(await verifyLedger(other)).toMatchObject({ ok: true, orphans: { count: 1, bytes: 1000 } });
});

test('read models that were changed by hand differ from a rebuild', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, 'UPDATE epochs SET val_accuracy = 0.999 WHERE epoch = 2');
  expect(await verdicts(folder)).toMatchObject({ chain: 'intact', 'read models': 'epochs differs from row 2 on' });
  const ledger = await temporaryLedger({ folder });
  await ledger.readModels.rebuild();
  await ledger.close();
  expect((await verifyLedger(folder)).ok).toBe(true);
});

test('read models that claim to stand elsewhere than at the end of the log are found', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, 'UPDATE read_models SET position = position - 1');
  expect((await verdicts(folder))['read models']).toMatch(/^they stand at event \d+, the log at \d+$/);
});

test('missing guards are found though nothing else is wrong', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, 'SELECT 1', { keepGuards: false });
  expect(await verdicts(folder)).toMatchObject({ chain: 'intact', guards: 'trigger events_never_change is missing' });
});

test('a view or a table of the read models that says something else than this program makes is named', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, `DROP VIEW v1_schedules; CREATE VIEW v1_schedules AS SELECT 1 AS type`);
  expect(await verdicts(folder)).toMatchObject({ 'read models': 'equal', guards: 'view v1_schedules was changed' });
  tamper(folder, 'DROP INDEX epochs_run');
  expect((await verifyLedger(folder)).faults).toContain('index epochs_run is missing');
  tamper(folder, 'PRAGMA user_version = 0');
  expect(await verdicts(folder)).toMatchObject({ guards: 'the log claims version 0, it is 1' });
});

test('infinity is not NULL', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, 'UPDATE runs SET seconds_before = 9e999 WHERE seconds_before IS NULL');
  expect(await verdicts(folder)).toMatchObject({ 'read models': 'runs differs from row 1 on' });
});

test('an event whose row holds what its table forbids, or whose text is no JSON, is a finding and no crash', async () => {
  const { folder } = await recordedLedger();
  tamper(folder, `UPDATE events SET data = '{"epoch":' WHERE position = 2`);
  expect(await verdicts(folder)).toMatchObject({ chain: 'damaged at event 2' });
  const ledger = await temporaryLedger({ folder, write: false });
  await expect(ledger.log.readAll()).rejects.toMatchObject({ code: 'ledger.damaged', message: expect.stringContaining('event 2') });
});

test('a schema that SQLite cannot read is named, check by check', async () => {
  const { folder } = await recordedLedger();
  const database = new Database(join(folder, 'ledger.db'));
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  database.exec(`UPDATE sqlite_schema SET sql = 'CREATE VIEW v1_sweeps AS SELEC 1' WHERE name = 'v1_sweeps'`);
  database.close();
  const report = await verifyLedger(folder).catch((error) => error);
  expect(report.ok === false ? 'named' : report.code).toMatch(/^named$|^ledger\./);
});
