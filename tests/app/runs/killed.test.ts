import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { livingStatus } from '../../../app/runs/living.ts';
import { recordRun } from '../../../app/runs/record.ts';
import type { Status } from '../../../views/format/status.ts';
import { runValue, tinyDataSet, tinyRecipe } from './tiny.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-killed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts the victim, waits for its first epoch and kills it as kill -9 does. */
async function killInTraining(): Promise<string> {
  const victim = fork(join(import.meta.dirname, 'victim.ts'), [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ runId }] = (await once(victim, 'message')) as [{ runId: string }];
  victim.kill('SIGKILL');
  await once(victim, 'exit');
  return runId;
}

test('kill -9 in mid-training leaves a ledger that opens, says interrupted, and takes the next run', async () => {
  const runId = await killInTraining();

  const reader = await openLedger(folder, { write: false });
  const waiting = reader.database.prepare<[], string>("SELECT run_id FROM v1_runs WHERE name = 'waiting'").pluck().get()!;
  const living = (id: string): Promise<Status> => livingStatus(reader.leases, id, runValue(reader, id, 'status') as Status);
  expect(await living(runId)).toBe('interrupted');
  expect(runValue(reader, waiting, 'status')).toBe('queued');
  expect(await living(waiting)).toBe('interrupted');
  expect(runValue(reader, runId, 'epochs_done')).toBeGreaterThan(0);
  await reader.close();

  const ledger = await openLedger(folder, { write: true });
  expect((await ledger.sweepInterrupted()).sort()).toEqual([runId, waiting].sort());
  expect(await ledger.sweepInterrupted()).toEqual([]);
  expect(runValue(ledger, runId, 'status')).toBe('interrupted');
  const events = await ledger.log.read(`run/${runId}`);
  expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(-1)?.type).toBe('RunInterrupted');
  for (const { blob } of events) if (blob !== null) expect(await ledger.blobs.has(blob)).toBe(true);
  expect(runValue(ledger, waiting, 'status')).toBe('interrupted');
  const request = { recipe: tinyRecipe(), name: 'next', tags: [], sweep: null };
  const host = createRecordingHost(ledger, Date.now);
  const next = await recordRun(host, request, tinyDataSet(), { threads: 1, signal: new AbortController().signal });
  expect(next.ending.type).toBe('RunCompleted');
  await ledger.close();
});
