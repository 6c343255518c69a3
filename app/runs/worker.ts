// A thread that trains runs, started by `workers.ts`. Writes nothing itself.
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { expectRun } from '../../trainer/index.ts';
import type { WorkerStart } from './protocol.ts';
import { serveRuns } from './serveRuns.ts';
import { rememberedVerdicts } from './verdicts.ts';

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
if (port === null) throw new Error('app/runs/worker.ts is no program of its own; app/runs/workers.ts starts it');

const verdicts = rememberedVerdicts();
yieldToPages();
serveRuns(port, () => ({ verdicts }));
// Before the first run arrives, if it can be.
await expectRun((workerData as WorkerStart).threads);
