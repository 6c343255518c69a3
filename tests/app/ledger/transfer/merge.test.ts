// Runs from one ledger into another: once, twice, further, back, and where the two went different ways.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportLedger } from '../../../../app/ledger/transfer/export.ts';
import { temporaryFolder, temporaryLedger } from '../folders.ts';
import { append, eventsOf, exported, headOf, importInto, recordRun, runId, stateOf, takeCheckpoint, twoRuns } from './ledgers.ts';

const names = (ledger: { database: { prepare(sql: string): { pluck(): { all(): unknown[] } } } }) =>
  ledger.database.prepare('SELECT name FROM v1_runs ORDER BY first_position').pluck().all();

test('everything goes over: same head, same rows, same files; a second time nothing changes and it says so', async () => {
  const { ledger } = await twoRuns();
  const archive = await exported(ledger);
  const other = await temporaryLedger();
  const first = await importInto(other, archive);
  expect(first).toMatchObject({ files: 2, streams: 4, known: 0, copies: [], head: await headOf(ledger) });
  expect(first.events).toBe(ledger.database.prepare('SELECT count(*) FROM events').pluck().get());
  expect(await headOf(other)).toBe(await headOf(ledger));
  for (const view of ['v1_runs', 'v1_epochs', 'v1_steps', 'v1_checkpoints', 'v1_trials'])
    expect(await other.readModels.rows(view), view).toEqual(await ledger.readModels.rows(view));
  const before = await stateOf(other);
  expect(await importInto(other, archive)).toMatchObject({ events: 0, files: 0, streams: 4, known: 4 });
  expect(await stateOf(other)).toBe(before);
  expect(readdirSync(join(other.folder, 'blobs')).filter((name) => name.endsWith('.import'))).toEqual([]);
});

test('the same ledger exports the same bytes, and one run takes its notes along but no sweep', async () => {
  const { ledger } = await twoRuns();
  const one = await exportLedger(ledger.folder, {
    runs: [runId(1)],
    out: join(temporaryFolder(), 'one.tar.zst'),
    overwrite: false,
    version: '0',
  });
  expect(one.heads.map(({ stream }) => stream)).toEqual([`run/${runId(1)}`, `run/${runId(1)}/notes`]);
  expect(one.files).toBe(1);
  const { readFileSync } = await import('node:fs');
  expect(readFileSync(await exported(ledger))).toEqual(readFileSync(await exported(ledger)));
});

test('two ledgers merge: from either side the result has one head', async () => {
  const [ours, theirs] = [await temporaryLedger(), await temporaryLedger()];
  await recordRun(ours, eventsOf(1), 1);
  await recordRun(theirs, eventsOf(2), 2);
  const [left, right] = [await exported(ours), await exported(theirs)];
  expect(await importInto(ours, right)).toMatchObject({ files: 1, known: 0 });
  expect(await importInto(theirs, left)).toMatchObject({ files: 1, known: 0 });
  expect(await headOf(ours)).toBe(await headOf(theirs));
  expect([names(ours), names(theirs)]).toEqual([
    ['run 1', 'run 2'],
    ['run 2', 'run 1'],
  ]);
});

test('a stream of which there is less is continued; one of which there is more is left', async () => {
  const { ledger, event } = await twoRuns();
  const early = await exported(ledger);
  const other = await temporaryLedger();
  await importInto(other, early);
  await append(ledger, `run/${runId(1)}/notes`, [event('RunTagged', { data: { add: ['good'], remove: [] } })]);
  await append(ledger, `run/${runId(2)}`, [event('RunResumed', { data: { attempt: 2, checkpoint: null, epoch: 0, step: 0 } })]);
  const file = await takeCheckpoint(ledger, event, 2, 1, new Uint8Array(500).fill(77));
  const late = await exported(ledger);
  expect(await importInto(other, late)).toMatchObject({ events: 3, files: 1, known: 2 });
  expect(await headOf(other)).toBe(await headOf(ledger));
  expect(await other.blobs.has(file)).toBe(true);
  const before = await stateOf(other);
  expect(await importInto(other, early)).toMatchObject({ events: 0, files: 0, known: 4 });
  expect(await stateOf(other)).toBe(before);
});

test('where two chains of a stream go different ways all is refused, with stream and version', async () => {
  const { ledger, event } = await twoRuns();
  const other = await temporaryLedger();
  await importInto(other, await exported(ledger));
  const stream = `run/${runId(1)}/notes`;
  await append(ledger, stream, [event('RunNoted', { data: { text: 'there' } })]);
  await append(other, stream, [eventsOf(3)('RunNoted', { data: { text: 'here' } })]);
  await recordRun(ledger, event, 3);
  const before = await stateOf(other);
  await expect(importInto(other, await exported(ledger))).rejects.toMatchObject({
    code: 'ledger.diverged',
    place: stream,
    message: `${stream} went another way in this ledger from version 2 on`,
    help: expect.stringContaining('--as-copy'),
  });
  expect(await stateOf(other)).toBe(before);
});

test('--as-copy takes the run over under an id of its own, says from where, and only once', async () => {
  const { ledger, event } = await twoRuns();
  const other = await temporaryLedger();
  await importInto(other, await exported(ledger));
  await append(ledger, `run/${runId(1)}/notes`, [event('RunNoted', { data: { text: 'there' } })]);
  await append(other, `run/${runId(1)}/notes`, [eventsOf(3)('RunNoted', { data: { text: 'here' } })]);
  const archive = await exported(ledger);
  const source = await ledger.log.head(`run/${runId(1)}`);
  const { copies } = await importInto(other, archive, { asCopy: true });
  expect(copies).toEqual([{ from: runId(1), to: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  const to = copies[0]!.to;
  const notes = await other.log.read(`run/${to}/notes`);
  expect(notes.map(({ type, data }) => [type, data])).toEqual([
    ['RunNoted', { text: 'the first' }],
    ['RunNoted', { text: 'there' }],
    ['RunCopied', { source: runId(1), version: source.version, head: source.hash }],
  ]);
  const facts = await other.log.read(`run/${to}`);
  const originals = await ledger.log.read(`run/${runId(1)}`);
  expect(facts.map(({ type, data, arrays }) => [type, data, arrays])).toEqual(
    originals.map(({ type, data, arrays }) => [type, data, arrays]),
  );
  await headOf(other);
  const before = await stateOf(other);
  expect(await importInto(other, archive, { asCopy: true })).toMatchObject({ events: 0, copies: [] });
  expect(await stateOf(other)).toBe(before);
});

test('a sweep that went another way is refused with and without --as-copy', async () => {
  const { ledger, event } = await twoRuns();
  const other = await temporaryLedger();
  await importInto(other, await exported(ledger));
  const stream = `sweep/${runId(9)}`;
  await append(ledger, stream, [event('SweepStopped', { data: { by: 'user', why: 'there' } })]);
  await append(other, stream, [eventsOf(3)('SweepStopped', { data: { by: 'user', why: 'here' } })]);
  const archive = await exported(ledger);
  for (const asCopy of [false, true])
    await expect(importInto(other, archive, { asCopy })).rejects.toMatchObject({ code: 'ledger.diverged', place: stream });
  // Its runs alone go over.
  expect(await importInto(other, await exported(ledger, [runId(1), runId(2)]))).toMatchObject({ events: 0 });
});

test('files that were given up here stay away; one that was lost comes back', async () => {
  const { ledger } = await twoRuns();
  const archive = await exported(ledger);
  const other = await temporaryLedger();
  await importInto(other, archive);
  const [first, second] = other.database.prepare<[], string>('SELECT sha256 FROM v1_checkpoints ORDER BY run_id').pluck().all();
  const given = { blobs: [{ sha256: first!, bytes: 1000 }], bytes: 1000 };
  await append(other, `run/${runId(1)}/notes`, [eventsOf(3)('RunPurged', { data: given })]);
  for (const sha256 of [first!, second!]) await other.blobs.remove(sha256);
  expect(await importInto(other, archive)).toMatchObject({ events: 0, files: 1 });
  expect([await other.blobs.has(first!), await other.blobs.has(second!)]).toEqual([false, true]);
  await headOf(other);
});

test('an id that another event has here refuses all, and takes the files back', async () => {
  const { ledger } = await twoRuns();
  const other = await temporaryLedger();
  // The same ids in another stream.
  await append(other, `run/${runId(5)}`, [eventsOf(1)('Strange')]);
  const before = await stateOf(other);
  await expect(importInto(other, await exported(ledger))).rejects.toMatchObject({ code: 'ledger.idempotence' });
  expect(await stateOf(other)).toBe(before);
});

test('a needed file that is gone or damaged is not exported over, and no archive appears', async () => {
  const { ledger } = await twoRuns();
  const [sha256] = ledger.database.prepare<[], string>('SELECT sha256 FROM v1_checkpoints').pluck().all();
  const path = join(ledger.folder, 'blobs', sha256!.slice(0, 2), sha256!);
  const { rmSync, writeFileSync } = await import('node:fs');
  const out = join(temporaryFolder(), 'export.tar.zst');
  const attempt = () => exportLedger(ledger.folder, { runs: null, out, overwrite: false, version: '0' });
  writeFileSync(path, 'other bytes');
  await expect(attempt()).rejects.toMatchObject({ code: 'ledger.blobDamaged' });
  rmSync(path);
  await expect(attempt()).rejects.toMatchObject({ code: 'ledger.blobMissing' });
  expect([existsSync(out), readdirSync(join(out, '..'))]).toEqual([false, []]);
});
