import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rebuildCommand } from '../../../../app/cli/commands/rebuild.ts';
import { verifyCommand } from '../../../../app/cli/commands/verify.ts';
import { openLedger } from '../../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../../app/runs/host.ts';
import { recordRun } from '../../../../app/runs/record.ts';
import { eventSource, streamOf } from '../../../contracts/events.ts';
import { tinyDataSet, tinyRecipe } from '../../runs/tiny.ts';
import { runCommand } from './program.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-verify-'));
  const ledger = await openLedger(folder, { write: true });
  const host = createRecordingHost(ledger, Date.now);
  const request = { recipe: tinyRecipe(), name: 'tiny', tags: [], sweep: null };
  await recordRun(host, request, tinyDataSet(), { threads: 1, signal: new AbortController().signal });
  await ledger.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('an intact ledger: five checks, the head, exit 0', async () => {
  const { out, exitCode } = await runCommand(verifyCommand, folder, []);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^ {2}chain +\d+ events, 1 stream +intact /m);
  expect(out).toMatch(/^ {2}read models +equal to a rebuild +equal /m);
  expect(out).toMatch(/^✓ intact {2}head [0-9a-f]{4} [0-9a-f]{4}$/m);
});

test('--head prints the head of the ledger in full, and every stream with its version and hash', async () => {
  const { out } = await runCommand(verifyCommand, folder, ['--head']);
  const [, start] = /^✓ intact {2}head (.{9})$/m.exec(out) ?? [];
  const [, whole] = /^([0-9a-f]{64}) {2}ledger$/m.exec(out) ?? [];
  expect(whole?.slice(0, 8)).toBe(start?.replace(' ', ''));
  expect(out).toMatch(/^[0-9a-f]{64} {2}\d+ {2}run\/[0-9a-f-]{36}$/m);
});

test('rebuild of a folder without a ledger makes none', async () => {
  const nowhere = join(folder, 'nowhere');
  const { err, exitCode } = await runCommand(rebuildCommand, nowhere, []);
  expect([exitCode, err]).toEqual([1, expect.stringContaining('error ledger.missing')]);
  expect(existsSync(nowhere)).toBe(false);
});

test('rebuild says how many events it folded, and the ledger verifies afterwards', async () => {
  const { out } = await runCommand(rebuildCommand, folder, []);
  expect(out).toMatch(/^✓ rebuilt {2}\d+ events · /);
  expect((await runCommand(verifyCommand, folder, [])).exitCode).toBe(0);
});

test('a checkpoint that is gone: not intact, exit 1, with help', async () => {
  for (const name of readdirSync(join(folder, 'blobs'))) rmSync(join(folder, 'blobs', name), { recursive: true });
  const { out, exitCode } = await runCommand(verifyCommand, folder, []);
  expect(exitCode).toBe(1);
  expect(out).toMatch(/^ {2}blobs .*\d+ missing or damaged/m);
  expect(out).toMatch(/^✗ not intact/m);
  expect(out).toContain('help  checkpoints are a cache');
});

test('the first damaged event is named, whatever the order of streams, with what to do', async () => {
  const damaged = mkdtempSync(join(tmpdir(), 'runledger-verify-'));
  const ledger = await openLedger(damaged, { write: true });
  const event = eventSource();
  const append = (n: number, version: number) => ledger.log.append(streamOf('run', n), version, [event('Counted')], { flush: true });
  await append(1, 0);
  await append(2, 0);
  await append(2, 1);
  await append(1, 1);
  await ledger.close();
  const database = new Database(join(damaged, 'ledger.db'));
  const triggers = database.prepare<[], { name: string; sql: string }>(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(`UPDATE events SET data = '{"n":1}' WHERE position IN (3, 4)`);
  for (const { sql } of triggers) database.exec(sql);
  database.close();
  const { out, exitCode } = await runCommand(verifyCommand, damaged, []);
  rmSync(damaged, { recursive: true });
  expect(exitCode).toBe(1);
  expect(out).toMatch(/chain +4 events, 2 streams +damaged at event 3 /);
  expect(out.match(/^✗ damaged {2}(.*)$/gm)).toEqual([
    `✗ damaged  ${streamOf('run', 2)}, version 2, Counted`,
    `✗ damaged  ${streamOf('run', 1)}, version 2, Counted`,
  ]);
  expect(out).toMatch(/^help {2}runledger replay run\/00000000 {2}trains it again and shows what was changed$/m);
  expect(out).toContain('tar --zstd -xf <backup>');
});
