// How far a run is: from the loop in a worker through shared memory to whoever draws a bar.
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createControls, obey, type WorkerMessage } from '../../../app/runs/protocol.ts';
import { recordRun } from '../../../app/runs/record.ts';
import { serveRuns } from '../../../app/runs/serveRuns.ts';
import type { Training, TrainingNews } from '../../../app/runs/training.ts';
import type { Progress } from '../../../trainer/index.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

const figures: Progress = {
  epoch: 2,
  epochs: 5,
  step: 33,
  stepsPerEpoch: 20,
  loss: 0.25,
  accuracy: 0.9,
  learningRate: 0.001,
  samplesPerSecond: 1234.5,
};

test('nothing is known before the worker has spoken; then all it said last', () => {
  const controls = createControls();
  const worker = obey(controls.memory);
  expect(controls.progress()).toBeNull();
  worker.report({ ...figures, step: 32 });
  worker.report(figures);
  expect(controls.progress()).toEqual(figures);
  expect(worker.stopped).toBe(false);
});

test('a worker says how far its run is', async () => {
  const controls = createControls();
  const { port1, port2 } = new MessageChannel();
  let now = 0;
  // A clock on which every look is a second after the last: it reports after each step.
  const clock = (): number => {
    now += 1000;
    return now;
  };
  serveRuns(port2, () => ({ clock, engine: createReferenceEngine }));
  const done = new Promise<void>((resolve) => {
    port1.on('message', ({ kind }: WorkerMessage) => {
      if (kind === 'fact') controls.acknowledge();
      if (kind === 'done') resolve();
    });
  });
  port1.postMessage({ recipe: tinyRecipe(), dataset: tinyDataSet(), threads: 1, control: controls.memory });
  await done;
  port1.close();
  const { epoch, epochs, step, stepsPerEpoch } = controls.progress()!;
  expect({ epoch, epochs, step }).toEqual({ epoch: 2, epochs: 2, step: 2 * stepsPerEpoch });
});

test('a recorder passes it on while the run goes on', async () => {
  const temporary = await temporaryLedger();
  let hear = (_: TrainingNews): void => {};
  const training: Training = {
    begun: Promise.resolve(),
    listen: (listener) => {
      hear = listener;
    },
    acknowledge: () => {},
    progress: () => figures,
    stop: () => {},
    close: async () => {},
  };
  const seen: Progress[] = [];
  await recordRun(temporary.host, { recipe: tinyRecipe(), name: null, tags: [], sweep: null }, tinyDataSet(), {
    threads: 1,
    begun: training,
    signal: new AbortController().signal,
    onProgress(progress) {
      seen.push(progress);
      const data = { epoch: 1, step: 1, by: 'signal', why: 'seen' };
      hear({ kind: 'fact', fact: { type: 'RunStopped', data, measured: { seconds: 1 } } });
      hear({ kind: 'done' });
    },
  });
  expect(seen[0]).toEqual(figures);
  await temporary.remove();
});
