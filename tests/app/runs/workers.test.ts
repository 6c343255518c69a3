import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { recordRun } from '../../../app/runs/record.ts';
import { beginTraining, type Training } from '../../../app/runs/training.ts';
import { createRunWorkers } from '../../../app/runs/workers.ts';
import { temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

/** Workers of the product, and how many were started. */
function counted() {
  const started: Worker[] = [];
  const workers = createRunWorkers((start) => {
    const worker = new Worker(new URL('../../../app/runs/worker.ts', import.meta.url), { workerData: start });
    started.push(worker);
    return worker;
  });
  return { workers, started };
}

const dataset = tinyDataSet();
const request = { recipe: tinyRecipe(), name: null, tags: [], sweep: null };
const options = { threads: 1, signal: new AbortController().signal };

test('one run after another is trained by one worker, each as if it were the first; a run beside it gets another', async () => {
  const temporary = await temporaryLedger();
  const { workers, started } = counted();
  const host = { ...temporary.host, workers };
  const fingerprint = async (begun?: Training): Promise<string> => {
    const { ending } = await recordRun(host, request, dataset, { ...options, begun });
    return ending.type === 'RunCompleted' ? ending.data.fingerprint : JSON.stringify(ending);
  };
  const first = await fingerprint();
  expect(await fingerprint()).toBe(first);
  expect(started).toHaveLength(1);
  // Both begin before either can end.
  const beside = [1, 2].map(() => beginTraining(workers, { recipe: request.recipe, dataset, threads: 1 }));
  expect(started).toHaveLength(2);
  expect(await Promise.all(beside.map(fingerprint))).toEqual([first, first]);
  const ended = started.map((worker) => once(worker, 'exit'));
  await workers.close();
  await Promise.all(ended);
  await temporary.remove();
});

test('a worker that was started before takes the first run; one that broke while it waited does not', async () => {
  const temporary = await temporaryLedger();
  const { workers, started } = counted();
  workers.warm(1);
  expect(started).toHaveLength(1);
  const exit = once(started[0]!, 'exit');
  await started[0]!.terminate();
  await exit;
  const { ending } = await recordRun({ ...temporary.host, workers }, request, dataset, options);
  expect(ending.type).toBe('RunCompleted');
  expect(started).toHaveLength(2);
  await workers.close();
  await temporary.remove();
});

test('what a run says before anybody listens is not lost, nor is its order', async () => {
  const { workers } = counted();
  const training = beginTraining(workers, { recipe: request.recipe, dataset, threads: 1 });
  // Another run through the same pool is heard to its end before this one is listened to at all.
  const other = beginTraining(workers, { recipe: request.recipe, dataset, threads: 1 });
  await new Promise<void>((resolve) => {
    other.listen((news) => {
      if (news.kind === 'fact') other.acknowledge();
      if (news.kind === 'done') resolve();
    });
  });
  const facts: string[] = [];
  await new Promise<void>((resolve) => {
    training.listen((news) => {
      if (news.kind === 'fact') facts.push(news.fact.type);
      if (news.kind === 'fact') training.acknowledge();
      if (news.kind === 'done') resolve();
    });
  });
  expect([facts[0], facts.at(-1)]).toEqual(['RunStarted', 'RunCompleted']);
  expect(facts.filter((type) => type === 'EpochMeasured')).toHaveLength(2);
  await workers.close();
});
