// A backup while others write and retention lets files go: what comes out of it is a ledger as of one moment, and it verifies.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createZstdDecompress } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { type Ledger, openLedger } from '../../../../app/ledger/index.ts';
import { backupLedger } from '../../../../app/ledger/transfer/backup.ts';
import { exportLedger } from '../../../../app/ledger/transfer/export.ts';
import { verifyLedger } from '../../../../app/ledger/verify/index.ts';
import { queueRun, recordQueued } from '../../../../app/runs/record.ts';
import { tarEntries } from '../../../../app/tarEntries.ts';
import { temporaryLedger as ledgerThatTrains, tinyDataSet, tinyRecipe } from '../../runs/tiny.ts';
import { temporaryFolder, temporaryLedger } from '../folders.ts';
import { append, eventsOf, importInto, recordRun, runId, twoRuns } from './ledgers.ts';

/** As tar does. */
async function unpacked(path: string): Promise<string> {
  const folder = join(temporaryFolder(), 'restored');
  for await (const { name, bytes } of tarEntries(createReadStream(path), createZstdDecompress(), { entry: 1e9, total: 1e9 }, () => true)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

test('restored it is the same ledger, event by event and row by row, and nobody trains in it', async () => {
  const { ledger } = await twoRuns();
  await ledger.leases.hold(runId(2));
  const out = join(temporaryFolder(), 'ledger.tar.zst');
  const done = await backupLedger(ledger.folder, { out, overwrite: false });
  const folder = await unpacked(out);
  const report = await verifyLedger(folder);
  expect(report).toMatchObject({ ok: true, head: done.head, orphans: { count: 0 } });
  const restored = await openLedger(folder, { write: true });
  onTestFinished(() => restored.close());
  expect((await restored.log.readAll()).events).toEqual((await ledger.log.readAll()).events);
  expect(await restored.readModels.rows('v1_runs')).toEqual(await ledger.readModels.rows('v1_runs'));
  expect(await restored.leases.held(runId(2))).toBe(false);
  // It goes on from there.
  await recordRun(restored, eventsOf(5), 5);
  await expect(backupLedger(ledger.folder, { out, overwrite: false })).rejects.toMatchObject({ code: 'archive.exists' });
  await backupLedger(ledger.folder, { out, overwrite: true });
  expect(readdirSync(dirname(out))).toEqual(['ledger.tar.zst']);
  await expect(importInto(restored, out)).rejects.toMatchObject({ code: 'archive.foreign', help: expect.stringContaining('tar --zstd') });
});

const tarKnowsZstd = (() => {
  try {
    execFileSync('zstd', ['--version'], { stdio: 'ignore' });
    return execFileSync('tar', ['--version'], { encoding: 'utf8' }).includes('GNU tar');
  } catch {
    return false;
  }
})();

test.runIf(tarKnowsZstd)('plain tar restores it', async () => {
  const { ledger } = await twoRuns();
  const out = join(temporaryFolder(), 'ledger.tar.zst');
  const { head } = await backupLedger(ledger.folder, { out, overwrite: false });
  const folder = temporaryFolder();
  execFileSync('tar', ['--zstd', '-xf', out, '-C', folder]);
  expect(await verifyLedger(folder)).toMatchObject({ ok: true, head });
});
if (!tarKnowsZstd) test.skip('plain tar restores it: skipped, tar or zstd is not installed');

/** Resolves after a commit that makes it true. */
async function changed(ledger: Pick<Ledger, 'onChange'>, isSo: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = ledger.onChange(() => {
    if (isSo()) resolve();
  });
  await promise;
  unsubscribe();
}

test('during a thousand events a second and a run whose old checkpoints go: a prefix, each time, that verifies', {
  timeout: 60_000,
}, async () => {
  const temporary = await ledgerThatTrains();
  onTestFinished(() => temporary.remove());
  const { ledger, host, folder } = temporary;
  const stop = new AbortController();
  const run = await queueRun(host, { recipe: tinyRecipe({ epochs: 1_000_000 }), name: 'endless', tags: [], sweep: null });
  const training = recordQueued(host, run, tinyDataSet(), { threads: 1, signal: stop.signal });
  const event = eventsOf(7);
  let count = 0;
  const writing = (async () => {
    const stream = `run/${runId(7)}`;
    while (!stop.signal.aborted) {
      const events = Array.from({ length: 250 }, () => event('Counted', { data: { n: count++ }, arrays: new Uint8Array(200) }));
      await append(ledger, stream, events);
      // No faster than some thousand a second, so that verifying them takes no longer than writing them.
      await setTimeout(50);
    }
  })();
  // Whatever happens below, both end.
  try {
    const epochs = ledger.database.prepare<[], number>('SELECT count(*) FROM v1_epochs').pluck();
    for (let round = 1; round <= 3; round++) {
      // Both are in full swing, and go on.
      const before = { count, epochs: epochs.get()! };
      await changed(ledger, () => count > before.count && epochs.get()! > before.epochs);
      const out = join(temporaryFolder(), `${round}.tar.zst`);
      const done = await backupLedger(folder, { out, overwrite: false });
      const restored = await unpacked(out);
      expect(await verifyLedger(restored), `round ${round}`).toMatchObject({ ok: true, head: done.head });
      const exportOut = join(temporaryFolder(), `${round}.export`);
      await exportLedger(folder, { runs: null, out: exportOut, overwrite: false, version: '0' });
      const other = await temporaryLedger();
      await importInto(other, exportOut);
      expect(await verifyLedger(other.folder), `round ${round}`).toMatchObject({ ok: true });
      // A prefix of every stream.
      for (const { stream, version, hash } of done.heads) {
        const [last] = await ledger.log.read(stream, { after: version - 1, limit: 1 });
        expect(last!.hash, `round ${round}, ${stream}`).toBe(hash);
      }
    }
  } finally {
    stop.abort();
    await Promise.all([writing, training]);
  }
  expect((await verifyLedger(folder)).ok).toBe(true);
});

test('where it cannot be written, one clear error, and nothing is left', async () => {
  const { ledger } = await twoRuns();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const out = join(folder, 'file', 'ledger.tar.zst');
  await expect(backupLedger(ledger.folder, { out, overwrite: false })).rejects.toMatchObject({ code: 'archive.access' });
  const aborted = AbortSignal.abort();
  const inside = join(folder, 'ledger.tar.zst');
  await expect(backupLedger(ledger.folder, { out: inside, overwrite: false, signal: aborted })).rejects.toThrow('aborted');
  expect([existsSync(inside), readdirSync(folder)]).toEqual([false, ['file']]);
});
