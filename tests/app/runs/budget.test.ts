// Time budgets, through the real recorder: the step at which the clock stopped a run is recorded, and an input of its replay.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { survivingLine } from '../../../app/runs/line.ts';
import { type RunOutcome, recordRun } from '../../../app/runs/record.ts';
import { replayRun } from '../../../app/runs/replay.ts';
import { recordResumed, takeRun } from '../../../app/runs/resume.ts';
import { fingerprintOf } from '../../../trainer/index.ts';
import { alterEvent } from '../ledger/altered.ts';
import { runValue, type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

const dataset = tinyDataSet();
const options = { threads: 1, signal: new AbortController().signal };
const request = (stop: object | undefined, epochs: number) => ({
  recipe: tinyRecipe({ epochs, stop }),
  name: 'tiny',
  tags: [],
  sweep: null,
});

/** Two seconds, of far more epochs than fit into them. */
const budget = { minutes: 2 / 60 };

let temporary: Temporary;
let stopped: RunOutcome;
beforeAll(async () => {
  temporary = await temporaryLedger();
  stopped = await recordRun(temporary.host, request(budget, 1_000_000), dataset, options);
});
afterAll(() => temporary.remove());

const stopOf = async () => (await temporary.ledger.log.read(`run/${stopped.runId}`)).findLast(({ type }) => type === 'RunStopped')!;

describe('a run whose time is over', () => {
  test('is stopped after the step under way, which is recorded with the reason', async () => {
    expect(stopped.ending).toMatchObject({ type: 'RunStopped', data: { by: 'budget', why: `its ${2 / 60} minutes are over` } });
    expect((stopped.ending.data as { step: number }).step).toBeGreaterThan(0);
    expect((await stopOf()).data).toEqual(stopped.ending.data);
    expect(runValue(temporary.ledger, stopped.runId, 'status')).toBe('stopped');
    expect(await temporary.ledger.leases.held(stopped.runId)).toBe(false);
  });

  test('is replayed to that very step, whatever the clock says', async () => {
    const verdict = await replayRun(temporary.host, stopped.runId, dataset, options);
    expect(verdict).toMatchObject({ verdict: 'identical', difference: null });
    // The checkpoint of the stop is the last thing compared.
    expect(verdict!.facts).toBe(verdict!.total);
  });

  test.each([1, 7])('and differs where the record names a step that is %i later', async (later) => {
    const folder = mkdtempSync(join(tmpdir(), 'runledger-budget-'));
    cpSync(join(temporary.folder, 'blobs'), join(folder, 'blobs'), { recursive: true });
    await temporary.ledger.database.backup(join(folder, 'ledger.db'));
    const { epoch } = stopped.ending.data as { epoch: number };
    alterEvent(join(folder, 'ledger.db'), { runId: stopped.runId, type: 'RunStopped', epoch }, (row) => {
      const data = JSON.parse(row.data);
      row.data = JSON.stringify({ ...data, step: data.step + later });
    });
    const ledger = await openLedger(folder, { write: true });
    try {
      const verdict = await replayRun(createRecordingHost(ledger, Date.now), stopped.runId, dataset, options);
      expect(verdict).toMatchObject({ verdict: 'differs', difference: { fact: 'CheckpointTaken' } });
    } finally {
      await ledger.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('goes on under a budget of the same length, from where it stood', async () => {
    const { step } = (await stopOf()).data as { step: number };
    const resumed = await recordResumed(temporary.host, await takeRun(temporary.host, stopped.runId), dataset, options);
    expect(resumed.ending).toMatchObject({ type: 'RunStopped', data: { by: 'budget' } });
    expect((resumed.ending.data as { step: number }).step).toBeGreaterThan(step);
    expect(await replayRun(temporary.host, stopped.runId, dataset, options)).toMatchObject({ verdict: 'identical' });
  });
});

test('a run that is done in time completes, with the bits of one without a budget', async () => {
  const [given, plain] = [
    await recordRun(temporary.host, request({ minutes: 60 }, 2), dataset, options),
    await recordRun(temporary.host, request(undefined, 2), dataset, options),
  ];
  expect(given.ending.type).toBe('RunCompleted');
  const line = async ({ runId }: RunOutcome) => survivingLine(await temporary.ledger.log.read(`run/${runId}`));
  expect(fingerprintOf(await line(given))).toBe(fingerprintOf(await line(plain)));
});

test('a run that ended early is complete: it says why, is replayed to the end, and is not taken up again', async () => {
  const stop = { patience: 1, metric: 'validationAccuracy', minDelta: 2 };
  const { runId, ending } = await recordRun(temporary.host, request(stop, 50), dataset, options);
  expect(ending).toMatchObject({ type: 'RunCompleted', data: { epochs: 2, early: { rule: 'patience' } } });
  expect(runValue(temporary.ledger, runId, 'status')).toBe('completed');
  expect([runValue(temporary.ledger, runId, 'epochs_done'), runValue(temporary.ledger, runId, 'epochs')]).toEqual([2, 50]);
  const [completed] = (await temporary.ledger.log.read(`run/${runId}`)).filter(({ type }) => type === 'RunCompleted');
  expect(completed!.data).toMatchObject({ early: { rule: 'patience', why: expect.stringContaining('for an epoch') } });
  const { fingerprint } = ending.data as { fingerprint: string };
  expect(await replayRun(temporary.host, runId, dataset, options)).toMatchObject({ verdict: 'identical', fingerprint });
  await expect(takeRun(temporary.host, runId)).rejects.toMatchObject({ code: 'run.completed' });
});
