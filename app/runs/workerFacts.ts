// The facts of a run that is trained in a worker and recorded by nobody: what a replay compares, and how the state of an epoch is made again.
import { type Fact, type Progress, RunledgerError } from '../../trainer/index.ts';
import type { RunTask } from './protocol.ts';
import { beginTraining, type TrainingNews } from './training.ts';
import type { RunWorkers } from './workers.ts';

export interface WatchOptions {
  /** Aborting it stops the run after its current step; then its last fact is RunStopped. */
  signal: AbortSignal;
  /** Called about ten times a second. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

const progressMs = 100;

/** In order. Whoever leaves the loop before the end ends the training. Error `worker.crashed`. */
export async function* workerFacts(
  workers: RunWorkers,
  task: RunTask,
  { signal, onProgress }: WatchOptions,
): AsyncGenerator<Fact, void, undefined> {
  const training = beginTraining(workers, task);
  const heard: TrainingNews[] = [];
  let more = Promise.withResolvers<void>();
  training.listen((news) => {
    heard.push(news);
    more.resolve();
  });
  const stop = () => training.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const looking = setInterval(() => {
    const progress = training.progress();
    if (progress !== null) onProgress?.(progress);
  }, progressMs);
  try {
    for (;;) {
      const news = heard.shift();
      if (news === undefined) {
        await more.promise;
        more = Promise.withResolvers<void>();
      } else if (news.kind === 'fact') {
        yield news.fact;
        training.acknowledge();
      } else if (news.kind === 'done') return;
      else if (news.kind === 'crashed') throw crashed(news.message);
      else if (news.kind === 'exited') throw crashed(`the training thread ended with code ${news.code} before the run did`);
    }
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', stop);
    await training.close();
  }
}

const crashed = (message: string): RunledgerError => new RunledgerError('worker.crashed', message, { help: 'run it again with --debug' });
