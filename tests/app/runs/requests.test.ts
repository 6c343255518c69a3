// A run is asked to stop: by its own process, by another one, too early, twice.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stopCommand } from '../../../app/cli/commands/stop.ts';
import { openLedger } from '../../../app/ledger/index.ts';
import { queueRun, recordQueued } from '../../../app/runs/record.ts';
import { requestStop, stopRequests } from '../../../app/runs/requests.ts';
import { eventSource, uuidOf } from '../../contracts/events.ts';
import { runCommand } from '../cli/commands/program.ts';
import { temporaryLedger as emptyLedger } from '../ledger/folders.ts';
import { runValue, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

const never = new AbortController().signal;
const endless = { recipe: tinyRecipe({ epochs: 1_000_000 }), name: 'endless', tags: [], sweep: null };

test('asked while it trains, it stops with a checkpoint, and says who asked and why', async () => {
  const temporary = await temporaryLedger();
  onTestFinished(() => temporary.remove());
  const { ledger, host } = temporary;
  const run = await queueRun(host, endless);
  let asked = false;
  const { ending } = await recordQueued(host, run, tinyDataSet(), {
    threads: 1,
    signal: never,
    onFact({ type }) {
      if (type !== 'EpochMeasured' || asked) return;
      asked = true;
      void requestStop(host, run.runId, 'seen enough');
    },
  });
  expect(ending).toMatchObject({ type: 'RunStopped', data: { by: 'request', why: 'seen enough' } });
  const events = await ledger.log.read(`run/${run.runId}`);
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['CheckpointTaken', 'RunStopped']);
  expect(events.at(-1)!.data).toMatchObject({ by: 'request', why: 'seen enough' });
  expect(await ledger.blobs.has(events.at(-2)!.blob!)).toBe(true);
  expect(runValue(ledger, run.runId, 'status')).toBe('stopped');
});

test('asked between queueing and training, it stops before its first epoch', async () => {
  const temporary = await temporaryLedger();
  onTestFinished(() => temporary.remove());
  const { host, ledger } = temporary;
  const run = await queueRun(host, endless);
  await requestStop(host, run.runId, 'never mind');
  const { ending } = await recordQueued(host, run, tinyDataSet(), { threads: 1, signal: never });
  expect(ending).toMatchObject({ type: 'RunStopped', data: { by: 'request', why: 'never mind', epoch: 0 } });
  expect(runValue(ledger, run.runId, 'epochs_done')).toBe(0);
});

test('a request from before the run was taken up again does not count, a later one does', async () => {
  const ledger = await emptyLedger();
  const event = eventSource();
  const id = uuidOf(1);
  const append = (stream: string, version: number, type: string, data: object) =>
    ledger.log.append(stream, version, [event(type, { data: data as never })], { flush: true });
  await append(`run/${id}`, 0, 'RunQueued', { recipe: endless.recipe, name: null, tags: [], sweep: null });
  await append(`run/${id}/requests`, 0, 'StopRequested', { by: 'user', why: 'first' });
  const first = stopRequests(ledger, id);
  expect(first.signal.reason).toEqual({ by: 'request', why: 'first' });
  first.close();
  await append(`run/${id}`, 1, 'RunResumed', { attempt: 2, checkpoint: null, epoch: 0, step: 0 });
  const second = stopRequests(ledger, id);
  expect(second.signal.aborted).toBe(false);
  const heard = once(second.signal, 'abort');
  await append(`run/${id}/requests`, 1, 'StopRequested', { by: 'user', why: 'second' });
  await heard;
  expect(second.signal.reason).toEqual({ by: 'request', why: 'second' });
  second.close();
});

test('`stop` from another process: the run stops cleanly, and its process with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-stopped-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const trainer = fork(join(import.meta.dirname, 'victim.ts'), [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void trainer.kill('SIGKILL'));
  const [{ runId }] = (await once(trainer, 'message')) as [{ runId: string }];
  const said = await runCommand(stopCommand, folder, ['victim', '--why', 'the machine is needed']);
  expect(said.err).toBe('');
  expect(said.out).toMatch(/^victim {2}run\/[0-9a-f]{8} {2}■ stopped after epoch \d+, step \d+$/m);
  const reader = await openLedger(folder, { write: false });
  expect((await reader.log.read(`run/${runId}`)).at(-1)!.data).toMatchObject({ by: 'request', why: 'the machine is needed' });
  await reader.close();
  const again = await runCommand(stopCommand, folder, ['victim']);
  expect([again.exitCode, again.err]).toEqual([1, expect.stringMatching(/error run.ended {2}victim is stopped/)]);
});
