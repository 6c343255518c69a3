// One recorded run in a ledger of its own, with the processor time of everybody who takes part in recording it.
import { Worker } from 'node:worker_threads';
import { openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import type { WorkerStart } from '../../../app/runs/protocol.ts';
import { recordRun } from '../../../app/runs/record.ts';
import { beginTraining } from '../../../app/runs/training.ts';
import { createRunWorkers, type RunWorkers } from '../../../app/runs/workers.ts';
import type { DataSet, Recipe } from '../../../trainer/index.ts';
import { temporaryFolder } from '../measure/temporary.ts';
import { type ObservedTask, places, threadMilliseconds } from './task.ts';

export interface RunCost {
  /** From the worker's start to its end. */
  wallMs: number;
  /** Of the whole process meanwhile. */
  processMs: number;
  recording: {
    /** The ledger's thread. */
    ledgerMs: number;
    /** This thread: takes facts, encodes events, stores checkpoints. */
    mainMs: number;
    /** The run's thread outside steps and evaluations, from its first step on: building facts and checkpoints, and the loop itself. */
    factsMs: number;
  };
}

export interface RunTask {
  recipe: Recipe;
  dataset: DataSet;
  threads: number;
}

const milliseconds = ({ user, system }: { user: number; system: number }): number => (user + system) / 1000;

const watchedWorkers = (account: SharedArrayBuffer): RunWorkers =>
  createRunWorkers((start) => {
    const workerData: WorkerStart & ObservedTask = { ...start, account };
    return new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  });

const newAccount = (): SharedArrayBuffer => new SharedArrayBuffer(8 * Object.keys(places).length);

/** Records a run as `train` does, but for the watched worker. */
export async function costOfRecordedRun({ recipe, dataset, threads }: RunTask): Promise<RunCost> {
  const folder = temporaryFolder();
  const threadsStarted: Worker[] = [];
  const note = (started: Worker): void => void threadsStarted.push(started);
  process.on('worker', note);
  const ledger = await openLedger(folder.path, { write: true });
  process.off('worker', note);
  // Opening a ledger starts one thread, the one that writes.
  const writer = threadsStarted[0]!;
  const account = newAccount();
  const host = createRecordingHost(ledger, Date.now, watchedWorkers(account));
  try {
    const start = {
      wall: performance.now(),
      process: process.cpuUsage(),
      main: threadMilliseconds(),
      ledger: milliseconds(await writer.cpuUsage()),
    };
    const request = { recipe, name: null, tags: [], sweep: null };
    const { ending } = await recordRun(host, request, dataset, { threads, signal: new AbortController().signal });
    if (ending.type !== 'RunCompleted') throw new Error(`the run did not complete: ${JSON.stringify(ending.data)}`);
    const spent = new Float64Array(account);
    return {
      wallMs: performance.now() - start.wall,
      processMs: milliseconds(process.cpuUsage(start.process)),
      recording: {
        ledgerMs: milliseconds(await writer.cpuUsage()) - start.ledger,
        mainMs: threadMilliseconds() - start.main,
        factsMs: factsMs(spent),
      },
    };
  } finally {
    await host.workers.close();
    await ledger.close();
    folder.remove();
  }
}

/** Milliseconds outside the engine since the first step was done. */
function factsMs(account: Float64Array): number {
  return account[places.thread]! - account[places.atFirstStep]! - (account[places.engine]! - account[places.engineAtFirstStep]!);
}

/** The same run with its facts thrown away as they arrive; wall-clock milliseconds. */
export async function unrecordedRunMs({ recipe, dataset, threads }: RunTask): Promise<number> {
  const start = performance.now();
  const workers = watchedWorkers(newAccount());
  const training = beginTraining(workers, { recipe, dataset, threads });
  await new Promise<void>((resolve, reject) => {
    training.listen((news) => {
      if (news.kind === 'fact') training.acknowledge();
      if (news.kind === 'crashed') reject(new Error(news.message));
      if (news.kind === 'done') resolve();
    });
  });
  const wallMs = performance.now() - start;
  await workers.close();
  return wallMs;
}
