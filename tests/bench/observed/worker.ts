// The worker of a run as in app/runs/worker.ts, with an engine that is watched: how much processor time its thread spends in steps and
// evaluations, and when the first step was done. The product's own worker carries none of this.
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { obey, stopReason, type WorkerMessage, type WorkerTask } from '../../../app/runs/protocol.ts';
import type { Engine, EngineSpec } from '../../../trainer/engine.ts';
import { train } from '../../../trainer/index.ts';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { type ObservedTask, places, threadMilliseconds } from './task.ts';

const task = workerData as WorkerTask & Partial<ObservedTask>;
const account = new Float64Array(task.account ?? new SharedArrayBuffer(8 * Object.keys(places).length));

/** Passes everything on; what is no step and no evaluation (reading weights for a checkpoint, say) is not the engine's time. */
function watched(engine: Engine): Engine {
  const timed =
    <Argument, Result>(run: (argument: Argument) => Result) =>
    (argument: Argument): Result => {
      const before = threadMilliseconds();
      const result = run(argument);
      account[places.engine] = account[places.engine]! + threadMilliseconds() - before;
      return result;
    };
  const trainStep = timed(engine.trainStep);
  return {
    ...engine,
    trainStep(step) {
      const results = trainStep(step);
      if (step.step === 1) firstStepDone();
      return results;
    },
    evaluate: timed(engine.evaluate),
  };
}

/** Told in milliseconds since 1970, to whoever started the process. */
function firstStepDone(): void {
  account[places.atFirstStep] = threadMilliseconds();
  account[places.engineAtFirstStep] = account[places.engine]!;
  if (task.account === undefined) writeSync(2, `first step at ${performance.timeOrigin + performance.now()}\n`);
}

const port = parentPort;
if (port === null) throw new Error('observed/worker.ts is started by the benchmark');
const post = (message: WorkerMessage): void => port.postMessage(message);
const obedience = obey(task.control);
const facts = train(task.recipe, task.dataset, {
  threads: task.threads,
  version: 'bench',
  clock: () => performance.now(),
  progress: (progress) => post({ kind: 'progress', progress }),
  engine: (spec: EngineSpec) => watched(createEngine(spec)),
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
account[places.thread] = threadMilliseconds();
