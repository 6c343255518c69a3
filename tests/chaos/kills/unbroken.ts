// The runs that victims train, how each of them ends where nobody is killed, and how they are taken up again.
import { openLedger } from '../../../app/ledger/index.ts';
import type { RecordingHost } from '../../../app/runs/events.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { type RunRequest, recordRun } from '../../../app/runs/record.ts';
import { recordResumed, takeRun } from '../../../app/runs/resume.ts';
import { recordAbandoned } from '../../../app/sweeps/abandoned.ts';
import { type DataSet, type Recipe, train } from '../../../trainer/index.ts';
import { tinyDataSet, tinyRecipe, tinyWritten } from '../../app/runs/tiny.ts';
import { hold } from '../kind.ts';

const epochs = 10;

/** A run of many epochs, each step of it recorded. */
export const request = (seed: number): RunRequest => ({
  recipe: tinyRecipe({ epochs, seed, record: { stepsPerEpoch: 'every' } }),
  name: 'victim',
  tags: [],
  sweep: null,
});

export const sweepWritten = { recipe: { ...tinyWritten, epochs: 5 }, seeds: [1], grid: { 'optimizer.lr': [0.05, 0.02, 0.01] } };

const known = new Map<string, string>();

/** Fingerprint of a recipe that is trained in one go. */
export async function unbrokenFingerprint(recipe: Recipe): Promise<string> {
  const key = JSON.stringify(recipe);
  const fingerprint = known.get(key) ?? (await trainWhole(recipe, tinyDataSet()));
  known.set(key, fingerprint);
  return fingerprint;
}

async function trainWhole(recipe: Recipe, dataset: DataSet): Promise<string> {
  for await (const fact of train(recipe, dataset, { clock: () => performance.now(), version: 'unbroken', threads: 1 }))
    if (fact.type === 'RunCompleted') return fact.data.fingerprint;
  throw new Error('the unbroken run did not complete');
}

/** Records a run that is stopped in its midst: a history for those who are killed while they open it. */
export async function recordStopped(folder: string): Promise<void> {
  const ledger = await openLedger(folder, { write: true });
  const host = createRecordingHost(ledger, Date.now);
  const stop = new AbortController();
  let heard = 0;
  const onFact = () => {
    heard += 1;
    if (heard === 20) stop.abort();
  };
  await recordRun(host, request(1), tinyDataSet(), { threads: 1, signal: stop.signal, onFact });
  await host.workers.close();
  await ledger.close();
}

/** What whoever comes next does: writes down who is gone, and trains every run to its end. */
export async function resumeAll(host: RecordingHost, dataset: DataSet): Promise<void> {
  await recordAbandoned(host);
  const open = "SELECT run_id FROM v1_runs WHERE status <> 'completed' ORDER BY first_position";
  for (const runId of host.ledger.database.prepare<[], string>(open).pluck().all()) {
    const { ending } = await recordResumed(host, await takeRun(host, runId), dataset, { threads: 1, signal: new AbortController().signal });
    hold(ending.type === 'RunCompleted', () => `a run that was taken up ended with ${ending.type}: ${JSON.stringify(ending.data)}`);
  }
}
