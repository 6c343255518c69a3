// The worker's side of a training: takes run after run and posts its facts. Which engine computes them is its caller's choice.
import type { MessagePort } from 'node:worker_threads';
import packageJson from '../../package.json' with { type: 'json' };
import { type TrainOptions, train } from '../../trainer/index.ts';
import { createProfiler } from './profile.ts';
import { obey, stopReason, type WorkerMessage, type WorkerTask } from './protocol.ts';

/** Trains what arrives at `port`. `settings` are asked for each run. */
export function serveRuns(port: MessagePort, settings: (task: WorkerTask) => Partial<TrainOptions>): void {
  const post = (message: WorkerMessage): void => port.postMessage(message);

  async function trainRun(task: WorkerTask): Promise<void> {
    const obedience = obey(task.control);
    const profiler = task.profile === undefined ? null : createProfiler(task.profile);
    const facts = train(task.recipe, task.dataset, {
      threads: task.threads,
      from: task.from ?? undefined,
      lastStep: task.lastStep,
      version: packageJson.version,
      clock: () => performance.now(),
      progress: obedience.report,
      profile: profiler?.take,
      signal: {
        get aborted() {
          return obedience.stopped;
        },
        reason: stopReason,
      },
      ...settings(task),
    });
    let sent = 0;
    for await (const fact of facts) {
      post({ kind: 'fact', fact });
      sent += 1;
      obedience.waitFor(sent);
    }
    if (profiler !== null) post({ kind: 'profile', passes: profiler.passes() });
    post({ kind: 'done' });
  }

  port.on('message', (task: WorkerTask) => void trainRun(task));
}
