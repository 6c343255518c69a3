// A process that is going to be killed: opens a ledger, trains a run or a sweep into it, and says which events were acknowledged, at once.
// Arguments: folder, what to do (`open`, `train`, `resume`, `sweep`), a sweep's file.
import { writeSync } from 'node:fs';
import { type Ledger, openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { recordRun } from '../../../app/runs/record.ts';
import { readSweepFile } from '../../../app/sweeps/file.ts';
import { planSweep } from '../../../app/sweeps/plan.ts';
import { runSweep } from '../../../app/sweeps/run.ts';
import { tinyDataSet } from '../../app/runs/tiny.ts';
import type { Task } from './plan.ts';
import { request, resumeAll } from './unbroken.ts';

const [folder, task, sweepFile] = process.argv.slice(2) as [string, Task, string];
const never = new AbortController().signal;

/** A ledger whose every acknowledgement is told to the parent before anybody else hears of it. */
function telling(ledger: Ledger): Ledger {
  const log: Ledger['log'] = {
    ...ledger.log,
    async append(...append) {
      const result = await ledger.log.append(...append);
      if (result.kind === 'appended') writeSync(1, result.events.map(({ id }) => `${id}\n`).join(''));
      return result;
    },
  };
  return { ...ledger, log };
}

const ledger = telling(await openLedger(folder, { write: true }));
const host = createRecordingHost(ledger, Date.now);
if (task === 'train') await recordRun(host, request(1), tinyDataSet(), { threads: 1, signal: never });
if (task === 'resume') await resumeAll(host, tinyDataSet());
if (task === 'sweep') {
  const plan = await planSweep(readSweepFile(sweepFile), async () => tinyDataSet());
  const observer = { onTrials() {}, onFact() {}, onProgress() {}, onHeldUp() {}, onEnd() {} };
  await runSweep(host, plan, { workers: 2, threads: 1, signal: never, observer });
}
await host.workers.close();
await ledger.close();
