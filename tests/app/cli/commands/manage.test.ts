// What users say and do about runs, through the commands, on a ledger with two real runs that share their checkpoints.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveCommand, restoreCommand } from '../../../../app/cli/commands/archive.ts';
import { pruneCommand } from '../../../../app/cli/commands/prune.ts';
import { purgeCommand } from '../../../../app/cli/commands/purge.ts';
import { runsCommand } from '../../../../app/cli/commands/runs.ts';
import { showCommand } from '../../../../app/cli/commands/show.ts';
import { noteCommand, renameCommand, tagCommand } from '../../../../app/cli/commands/tag.ts';
import { type Ledger, openLedger } from '../../../../app/ledger/index.ts';
import { verifyLedger } from '../../../../app/ledger/verify/index.ts';
import { createRecordingHost } from '../../../../app/runs/host.ts';
import { recordRun } from '../../../../app/runs/record.ts';
import { tinyDataSet, tinyRecipe } from '../../runs/tiny.ts';
import { runCommand } from './program.ts';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-manage-'));
  const ledger = await openLedger(folder, { write: true });
  const host = createRecordingHost(ledger, Date.now);
  for (const [name, checkpoints] of [
    ['one', ['last', 'best', { every: 1 }]],
    ['two', ['last', 'best']],
  ] as const) {
    const recipe = tinyRecipe({ epochs: 3, record: { checkpoints } });
    await recordRun(host, { recipe, name, tags: ['try'], sweep: null }, tinyDataSet(), {
      threads: 1,
      signal: new AbortController().signal,
    });
  }
  await ledger.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function reading<T>(work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(folder, { write: false });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

const files = () => reading(async ({ blobs }) => (await Array.fromAsync(blobs.list())).length);
const idOf = (name: string) =>
  reading(async ({ database }) => database.prepare<[string], string>('SELECT run_id FROM v1_runs WHERE name = ?').pluck().get(name)!);
const asJson = async (argv: string[]) =>
  JSON.parse((await runCommand(runsCommand, folder, ['--format', 'json', '--group', 'none', ...argv])).out);
const isWhole = async () => expect(await verifyLedger(folder)).toMatchObject({ ok: true, orphans: { count: 0 } });

test('tags, notes and a new name are shown, and stand in streams of their own', async () => {
  expect((await runCommand(tagCommand, folder, ['one', '+paper', 'good', '--remove', 'try'])).out).toMatch(
    /^one {2}run\/\S+ {2}good, paper$/m,
  );
  await runCommand(noteCommand, folder, ['one', 'the', 'first one']);
  await runCommand(noteCommand, folder, ['one', 'and another note']);
  expect((await runCommand(renameCommand, folder, ['one', 'eins'])).out).toContain('is called eins now');
  const { out } = await runCommand(showCommand, folder, ['eins']);
  expect(out).toMatch(/^tags +good, paper$/m);
  expect(out).toMatch(/^note +the first one {2}\d+ \w+$/m);
  expect(out).toMatch(/^note +and another note /m);
  expect(out).toMatch(/^takes +[\d.]+ kB of events, [\d.]+ kB of checkpoints$/m);
  const empty = await runCommand(noteCommand, folder, ['eins', ' ']);
  expect([empty.exitCode, empty.err]).toEqual([2, expect.stringContaining('the note is empty')]);
  await isWhole();
});

test('archived runs leave the table and come back', async () => {
  expect((await runCommand(archiveCommand, folder, ['one'])).out).toMatch(/^one {2}run\/\S+ {2}archived$/m);
  expect((await runCommand(archiveCommand, folder, ['one'])).out).toContain('is archived already');
  expect((await asJson([])).map(({ name }: { name: string }) => name)).toEqual(['two']);
  expect((await asJson(['--archived'])).map(({ name }: { name: string }) => name)).toEqual(['one']);
  await runCommand(restoreCommand, folder, ['one']);
  expect(await asJson(['--archived'])).toEqual([]);
  expect((await asJson([])).map(({ name }: { name: string }) => name)).toEqual(['two', 'one']);
});

test('--status and --bytes', async () => {
  expect(await asJson(['--status', 'running'])).toEqual([]);
  const rows = (await asJson(['--status', 'completed', '--bytes'])) as { name: string; event_bytes: number; file_bytes: number }[];
  expect(rows.map(({ name }) => name)).toEqual(['two', 'one']);
  for (const { event_bytes } of rows) expect(event_bytes).toBeGreaterThan(1000);
  expect(rows[1]!.file_bytes).toBeGreaterThan(0);
  const shown = JSON.parse((await runCommand(showCommand, folder, ['one', '--format', 'json'])).out);
  expect(shown.bytes).toEqual({ events: rows[1]!.event_bytes, blobs: rows[1]!.file_bytes });
  expect((await runCommand(runsCommand, folder, ['--bytes'])).out).toMatch(/events +files/);
});

test('prune frees what need not be kept, says how much, and the ledger knows; a dry run frees nothing', async () => {
  const before = await files();
  expect(before).toBe(3);
  const dry = await runCommand(pruneCommand, folder, ['--dry-run', '--keep', 'last']);
  expect(dry.out).toMatch(/would be freed$/m);
  expect(await files()).toBe(before);
  const { out } = await runCommand(pruneCommand, folder, ['--keep', 'last']);
  expect(out).toMatch(/^one {2}run\/\S+ {2}2 files, /m);
  expect(out).toMatch(/kB freed$/m);
  expect(await files()).toBe(1);
  await isWhole();
  expect((await runCommand(pruneCommand, folder, ['--keep', 'last'])).out).toContain('nothing to free: all runs keep no more than last');
  expect((await runCommand(pruneCommand, folder, ['--keep', 'none', 'one'])).out).toMatch(/1 file, 0 B freed/);
  expect(await files()).toBe(1);
  await runCommand(pruneCommand, folder, ['--keep', 'none']);
  expect(await files()).toBe(0);
  await isWhole();
  expect((await runCommand(showCommand, folder, ['one'])).out).toMatch(/^pruned +2 files, /m);
});

test('purge: only what is archived, asks or is told, leaves what another run needs, and a tombstone', async () => {
  const refused = await runCommand(purgeCommand, folder, ['one', '--yes']);
  expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining('error run.notArchived')]);
  await runCommand(archiveCommand, folder, ['one']);
  const silent = await runCommand(purgeCommand, folder, ['one']);
  expect([silent.exitCode, silent.err]).toEqual([2, expect.stringContaining('help  say  --yes')]);
  expect(await files()).toBe(3);

  const answer = (word: string) =>
    runCommand(purgeCommand, folder, ['one'], (host) => {
      host.stdin.isTTY = true;
      host.stdin.push(`${word}\n`);
      host.stdin.push(null);
    });
  expect((await answer('yes')).err).toContain('error purge.refused');
  const silence = await runCommand(purgeCommand, folder, ['one'], (host) => {
    host.stdin.isTTY = true;
    host.stdin.push(null);
  });
  expect(silence.err).toContain('error purge.refused');
  expect(await files()).toBe(3);
  expect((await answer('purge')).out).toMatch(/freed$/m);
  const left = await files();
  expect(left).toBeLessThan(3);
  await isWhole();
  const two = await idOf('two');
  await reading(async ({ database, blobs, log }) => {
    const needed = database.prepare<[string], string>(
      `SELECT sha256 FROM v1_checkpoints WHERE run_id = ? AND (epoch = 3 OR reason = 'best')`,
    );
    const [last] = needed.pluck().all(two).slice(-1);
    expect(await blobs.has(last!)).toBe(true);
    const tombstone = (await log.read(`run/${await idOf('one')}/notes`)).at(-1)!;
    expect(tombstone.type).toBe('RunPurged');
    expect((tombstone.data as { blobs: unknown[] }).blobs).toHaveLength(3);
  });
  await runCommand(archiveCommand, folder, ['two']);
  await runCommand(purgeCommand, folder, ['two', '--yes']);
  expect(await files()).toBe(0);
  await isWhole();
  expect((await runCommand(purgeCommand, folder, ['one', '--yes'])).out).toContain('nothing to free');
});

test('where there is no ledger, none is made', async () => {
  const { exitCode, err } = await runCommand(tagCommand, join(folder, 'nowhere'), ['one', 'x']);
  expect([exitCode, err]).toEqual([1, expect.stringContaining('error ledger.missing')]);
});
