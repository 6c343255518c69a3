// What commands need that train a recorded run again or go on with it: the ledger open for writing, the run they mean, its data set, workers.
import { availableParallelism } from 'node:os';
import type { DataSet } from '../../trainer/index.ts';
import type { RecordingHost } from '../runs/events.ts';
import { findRun } from '../runs/find.ts';
import { createRecordingHost } from '../runs/host.ts';
import { requestOf } from '../runs/recorded.ts';
import { createRunWorkers } from '../runs/workers.ts';
import { recordAbandoned } from '../sweeps/abandoned.ts';
import type { DataSetLoader } from './commands/train.ts';
import type { CliContext } from './context.ts';
import { withExistingLedger } from './withLedger.ts';

export interface RecordedRun {
  host: RecordingHost;
  runId: string;
  /** Loads the run's data set. */
  dataset(): Promise<DataSet>;
  threads: number;
  signal: AbortSignal;
}

/** Finds the run that `word` means and does the work with it. Ctrl-C aborts its signal. */
export function withRun<T>(
  context: CliContext,
  word: string,
  { threads = availableParallelism(), load }: { threads?: number | undefined; load: DataSetLoader },
  work: (run: RecordedRun) => Promise<T>,
): Promise<T> {
  return withExistingLedger(context, (ledger) =>
    context.interruptible(async (signal) => {
      const workers = createRunWorkers();
      try {
        const host = createRecordingHost(ledger, context.host.clock, workers);
        await recordAbandoned(host);
        const runId = findRun(ledger.database, word);
        const dataset = async () => load(requestOf(await ledger.log.read(`run/${runId}`)).recipe.dataset);
        return await work({ host, runId, dataset, threads, signal });
      } finally {
        await workers.close();
      }
    }),
  );
}
