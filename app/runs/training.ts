// A run under way in a worker, as its recorder sees it. It may begin before anybody can record it: what it says is kept until then.
import type { Worker } from 'node:worker_threads';
import type { Progress } from '../../trainer/index.ts';
import { createControls, type RunTask, type WorkerMessage, type WorkerTask } from './protocol.ts';
import type { RunWorkers } from './workers.ts';

/** What a worker says, and how it came to its end: `done`, or an exit before. A crash is followed by an exit. */
export type TrainingNews = WorkerMessage | { kind: 'crashed'; message: string } | { kind: 'exited'; code: number };

export interface Training {
  /** Resolves at the first word, good or bad: the engine is made. */
  readonly begun: Promise<void>;
  /** Hears all there was, then the rest as it comes. One listener. */
  listen(listener: (news: TrainingNews) => void): void;
  /** One more fact is committed. */
  acknowledge(): void;
  /** How far the run is, if it has said so. */
  progress(): Progress | null;
  /** Asks the run to stop after its current step. */
  stop(): void;
  /** Ends a run that is not done, at once and without a word. */
  close(): Promise<void>;
}

export function beginTraining(workers: RunWorkers, run: RunTask): Training {
  const controls = createControls();
  const worker: Worker = workers.take(run.threads);
  const kept: TrainingNews[] = [];
  const begun = Promise.withResolvers<void>();
  let hear = (news: TrainingNews): void => void kept.push(news);
  const tell = (news: TrainingNews): void => {
    begun.resolve();
    hear(news);
  };
  let done = false;
  let closed = false;

  worker.on('message', (message: WorkerMessage) => {
    // One that is being ended has nobody to go back to.
    if (message.kind === 'done' && !closed) {
      done = true;
      workers.giveBack(worker);
    }
    tell(message);
  });
  worker.on('error', (error) => tell({ kind: 'crashed', message: error instanceof Error ? error.message : String(error) }));
  worker.on('exit', (code) => tell({ kind: 'exited', code }));
  const task: WorkerTask = { ...run, control: controls.memory };
  worker.postMessage(task);

  return {
    begun: begun.promise,
    acknowledge: controls.acknowledge,
    progress: controls.progress,
    stop: controls.stop,
    listen(listener) {
      hear = listener;
      for (const news of kept.splice(0)) listener(news);
    },
    async close() {
      closed = true;
      if (!done) await worker.terminate();
    },
  };
}
