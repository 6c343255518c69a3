// The worker of one run: drives `train` and posts its facts. Started by `record.ts`; writes nothing itself.
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import packageJson from '../../package.json' with { type: 'json' };
import { train } from '../../trainer/index.ts';
import { createProfiler } from './profile.ts';
import { obey, stopReason, type WorkerMessage, type WorkerTask } from './protocol.ts';

/** Above normal (0) and below the background of a desktop: pages answer quickly while all cores train. */
const niceness = 5;

/** On Linux priorities belong to threads, so this leaves the server's alone; threads started from here inherit it. */
function yieldToPages(): void {
  if (process.platform !== 'linux') return;
  try {
    if (getPriority(0) < niceness) setPriority(0, niceness);
  } catch (error) {
    // A container may forbid it; then pages are slower, nothing else.
    if ((error as { info?: { code?: string } }).info?.code !== 'EACCES') throw error;
  }
}

const port = parentPort;
if (port === null) throw new Error('app/runs/worker.ts is no program of its own; app/runs/record.ts starts it');
const post = (message: WorkerMessage): void => port.postMessage(message);

yieldToPages();
const task = workerData as WorkerTask;
const obedience = obey(task.control);
const profiler = task.profile === undefined ? null : createProfiler(task.profile);
const facts = train(task.recipe, task.dataset, {
  threads: task.threads,
  version: packageJson.version,
  clock: () => performance.now(),
  progress: (progress) => post({ kind: 'progress', progress }),
  profile: profiler?.take,
  signal: {
    get aborted() {
      return obedience.stopped;
    },
    reason: stopReason,
  },
});
let sent = 0;
for await (const fact of facts) {
  post({ kind: 'fact', fact });
  sent += 1;
  obedience.waitFor(sent);
}
if (profiler !== null) post({ kind: 'profile', passes: profiler.passes() });
