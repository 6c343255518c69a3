// The worker of a run as in app/runs/worker.ts, with an engine that is watched: how much processor time its thread spends in steps and
// evaluations, and when the first step was done. The product's own worker carries none of this.
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerStart } from '../../../app/runs/protocol.ts';
import { serveRuns } from '../../../app/runs/serveRuns.ts';
import { rememberedVerdicts } from '../../../app/runs/verdicts.ts';
import type { Engine, EngineSpec } from '../../../trainer/engine.ts';
import { expectRun } from '../../../trainer/index.ts';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { type ObservedTask, places, threadMilliseconds } from './task.ts';

const given = workerData as WorkerStart & Partial<ObservedTask>;
const account = new Float64Array(given.account ?? new SharedArrayBuffer(8 * Object.keys(places).length));

/** What it costs to ask for a thread's processor time, in milliseconds. */
function costOfAsking(): number {
  const questions = 1000;
  const before = threadMilliseconds();
  for (let i = 0; i < questions; i++) threadMilliseconds();
  return (threadMilliseconds() - before) / questions;
}

/** Passes everything on; what is no step and no evaluation (reading weights for a checkpoint, say) is not the engine's time. */
function watched(engine: Engine): Engine {
  const asking = costOfAsking();
  let watched = 0;
  const timed =
    <Argument, Result>(run: (argument: Argument) => Result) =>
    (argument: Argument): Result => {
      const before = threadMilliseconds();
      const result = run(argument);
      // One of the two questions falls outside of what is timed.
      watched += asking;
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
    // The last thing of a run, when all its facts are posted.
    dispose() {
      engine.dispose();
      account[places.thread] = threadMilliseconds() - watched;
    },
  };
}

/** Told in milliseconds since 1970, to whoever started the process. */
function firstStepDone(): void {
  account[places.atFirstStep] = threadMilliseconds();
  account[places.engineAtFirstStep] = account[places.engine]!;
  if (given.account === undefined) writeSync(2, `first step at ${performance.timeOrigin + performance.now()}\n`);
}

const port = parentPort;
if (port === null) throw new Error('observed/worker.ts is started by the benchmark');
serveRuns(port, () => ({ engine: (spec: EngineSpec) => watched(createEngine(spec, { verdicts: rememberedVerdicts() })) }));
await expectRun(given.threads);
