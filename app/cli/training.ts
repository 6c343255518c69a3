// Records a run that has begun and shows it: what `train` needs once the recipe is read, loaded while the data set is.
import type { DataSet, Fact, Progress, RunledgerError } from '../../trainer/index.ts';
import { advance, follow, nothingYet } from '../runs/following.ts';
import { createRecordingHost } from '../runs/host.ts';
import type { Setting } from '../runs/recipes.ts';
import { queueRun, type RecordingOptions, type RunOutcome, type RunRequest, recordQueued } from '../runs/record.ts';
import { findBase, readReport } from '../runs/report.ts';
import type { Training } from '../runs/training.ts';
import type { RunWorkers } from '../runs/workers.ts';
import { recordAbandoned } from '../sweeps/abandoned.ts';
import { nameOf } from '../sweeps/file.ts';
import { trialName } from '../sweeps/trials.ts';
import { pageHint } from './address.ts';
import type { CliContext } from './context.ts';
import { runReport } from './screens/run-report.ts';
import { epochLine, trainingBlock, trainingHead } from './screens/training.ts';
import { withLedger } from './withLedger.ts';

export interface FollowedRun {
  request: RunRequest;
  dataset: DataSet;
  threads: number;
  begun: Training;
  profile: RecordingOptions['profile'];
}

/** Queues the run, records it to its end and prints its report. Ctrl-C stops it cleanly. */
export function followRun(context: CliContext, workers: RunWorkers, run: FollowedRun): Promise<RunOutcome> {
  const { request, dataset, ...settings } = run;
  return withLedger(context, { write: true }, (ledger) =>
    context.interruptible(async (signal) => {
      const host = createRecordingHost(ledger, context.host.clock, workers);
      await recordAbandoned(host);
      const queued = await queueRun(host, request);
      const { runId } = queued;
      const screen = await createTrainingScreen(context, {
        name: request.name ?? '',
        runId,
        threads: run.threads,
        ledger: context.ledger,
      });
      const outcome = await recordQueued(host, queued, dataset, {
        ...settings,
        signal,
        onFact: screen.tell,
        onProgress: screen.advance,
        onFullDisk: screen.warn,
      }).finally(() => screen.end());
      const base = findBase(ledger.database, runId);
      const report = runReport(readReport(ledger.database, runId), base === null ? null : readReport(ledger.database, base), context.out);
      for (const line of report) context.out.line(line);
      for (const line of await pageHint(context, runId)) context.out.line(line);
      return outcome;
    }),
  );
}

/** The recipe's name, what was set in it, and the seed. */
export function defaultName(path: string, settings: readonly Setting[], seed: number): string {
  const assignment = Object.fromEntries(
    settings.filter((setting) => setting.path !== 'seed').map((setting) => [setting.path, setting.value]),
  );
  return trialName(nameOf(path), { trial: 1, seed, assignment });
}

/** The head once, then a block that changes in place, or a line an epoch in a pipe. */
async function createTrainingScreen(context: CliContext, title: { name: string; runId: string; threads: number; ledger: string }) {
  const { err, host } = context;
  const progress = await context.progress();
  let state = nothingYet;
  let warned = false;
  const draw = (): void => progress.show(() => ['', ...trainingBlock(state, host.clock(), err)]);
  // The time left runs down between facts.
  const ticking = setInterval(draw, 1000);
  return {
    tell(fact: Fact): void {
      state = follow(state, fact, host.clock());
      if (fact.type === 'RunStarted') progress.note(trainingHead(title, state, err));
      if (fact.type === 'EpochMeasured') progress.log(epochLine(state, fact));
      draw();
    },
    /** Said once, however often it is tried. */
    warn(full: RunledgerError): void {
      if (!warned) progress.note(err.paint.warning(`! ${full.message}: the run waits for room`));
      warned = true;
    },
    advance(progress: Progress): void {
      state = advance(state, progress, host.clock());
      draw();
    },
    end(): void {
      clearInterval(ticking);
      progress.end();
    },
  };
}
