// The threads that train runs, one run at a time each. They may be started before there is a run, so that they load beside whatever comes
// first, and a sweep's serve one trial after another: code that is optimised stays so.
import { Worker } from 'node:worker_threads';
import type { WorkerStart } from './protocol.ts';

export interface RunWorkers {
  /** Starts one that waits for a run on `threads` threads. */
  warm(threads: number): void;
  /** One that waits, or a new one for a run on `threads` threads. Whoever takes it hears its errors and its end. */
  take(threads: number): Worker;
  /** Of a worker that has said `done`. */
  giveBack(worker: Worker): void;
  /** Ends those that wait, and those that are given back from now on. */
  close(): Promise<void>;
}

/** A worker as worker.ts defines it. */
function startWorker(start: WorkerStart): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: start });
}

export function createRunWorkers(start: (start: WorkerStart) => Worker = startWorker): RunWorkers {
  const waiting = new Set<Worker>();
  let closed = false;

  function wait(worker: Worker): void {
    // One that breaks before it has a run is forgotten: the one that is started instead will say why.
    const forget = () => waiting.delete(worker);
    worker.on('error', forget);
    worker.on('exit', forget);
    // A worker without a run keeps no process alive.
    worker.unref();
    waiting.add(worker);
  }

  return {
    warm(threads) {
      wait(start({ threads }));
    },
    take(threads) {
      const [worker = start({ threads })] = waiting;
      waiting.delete(worker);
      worker.removeAllListeners();
      worker.ref();
      return worker;
    },
    giveBack(worker) {
      worker.removeAllListeners();
      if (closed) void worker.terminate();
      else wait(worker);
    },
    async close() {
      closed = true;
      await Promise.all([...waiting].map((worker) => worker.terminate()));
    },
  };
}
