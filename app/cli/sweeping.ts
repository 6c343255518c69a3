// Runs a planned sweep and shows it: what `sweep` and the demonstration share.
import { availableParallelism } from 'node:os';
import type { Database } from 'better-sqlite3';
import { statusText } from '../../views/format/status.ts';
import { readDeclared } from '../ablations/queries.ts';
import type { RecordingHost } from '../runs/events.ts';
import { advance } from '../runs/following.ts';
import { findCompleted } from '../sweeps/known.ts';
import type { SweepPlan } from '../sweeps/plan.ts';
import { runSweep, type SweepObserver, type SweepOutcome, type SweepTrial } from '../sweeps/run.ts';
import { readTrials } from '../sweeps/trial-rows.ts';
import type { CliContext } from './context.ts';
import { ablationReport } from './screens/ablation.ts';
import { placeWords } from './screens/resuming.ts';
import { endTrial, followTrial, sweepBlock, type TrialLine, trialLine } from './screens/sweep.ts';
import { epochLine } from './screens/training.ts';
import { trialsReport } from './screens/trials.ts';

export interface SweepSettings {
  /** Runs side by side; by default one a core. */
  workers?: number | undefined;
  signal: AbortSignal;
}

/** Trains what is missing. The display and the workers of `host` end before this returns; results are `printSweep`. */
export async function followSweep(
  context: CliContext,
  host: RecordingHost,
  plan: SweepPlan,
  settings: SweepSettings,
): Promise<SweepOutcome> {
  const cores = availableParallelism();
  // What is known already needs no worker, and the last trial that is missing gets every core.
  const missing = plan.trials.filter((trial) => findCompleted(host.ledger.database, trial) === null).length;
  const workers = Math.max(1, Math.min(settings.workers ?? cores, missing));
  const display = await createSweepDisplay(context, workers);
  try {
    return await runSweep(host, plan, {
      workers,
      threads: Math.max(1, Math.floor(cores / workers)),
      signal: settings.signal,
      observer: display.observer,
    });
  } finally {
    display.end();
    await host.workers.close();
  }
}

/** An ablation by its factors, a grid by its trials, best first. */
export function printSweep(context: CliContext, database: Database, { file }: SweepPlan, outcome: SweepOutcome): void {
  const ablation = file.kind === 'ablation' ? readDeclared(database).find(({ sweepId }) => sweepId === outcome.sweepId) : undefined;
  const lines = ablation ? ablationReport(ablation.groups, context.out) : trialsReport(readTrials(database, outcome.sweepId), context.out);
  for (const line of lines) context.out.line(line);
  if (!outcome.stopped) return;
  const done = `${outcome.completed} of ${outcome.trials.length} trials completed`;
  context.out.line(`${statusText('stopped')}  ${done}; started again, it trains what is missing`);
}

async function createSweepDisplay(context: CliContext, workers: number): Promise<{ observer: SweepObserver; end: () => void }> {
  const { err, host } = context;
  const progress = await context.progress();
  let lines: TrialLine[] = [];
  let warned = false;
  const draw = (): void => {
    if (lines.length > 0) progress.show(() => sweepBlock(lines, workers, host.clock(), err));
  };
  const update = (trial: SweepTrial, change: (line: TrialLine) => TrialLine): TrialLine => {
    lines = lines.map((line) => (line.trial === trial ? change(line) : line));
    draw();
    return lines.find((line) => line.trial === trial) as TrialLine;
  };
  // The time left runs down between facts.
  const ticking = setInterval(draw, 1000);
  return {
    observer: {
      onTrials(trials) {
        lines = trials.map((trial) => trialLine(trial, host.clock()));
        for (const { reused, line, plan } of trials) {
          if (reused) progress.log(`${plan.name} is known already`);
          if (line.length > 0) progress.log(`${plan.name} goes on from ${placeWords(line)}`);
        }
      },
      onFact(trial, fact) {
        const { following } = update(trial, (line) => followTrial(line, fact, host.clock()));
        if (fact.type === 'EpochMeasured') progress.log(`${trial.plan.name}  ${epochLine(following, fact)}`);
      },
      onProgress(trial, news) {
        update(trial, (line) => ({ ...line, following: advance(line.following, news, host.clock()) }));
      },
      onHeldUp(refusal) {
        if (!warned) progress.note(err.paint.warning(`! ${refusal.message}: the trials wait`));
        warned = true;
      },
      onEnd(trial, { ending }) {
        update(trial, (line) => endTrial(line, ending));
        if (ending.type === 'RunFailed') progress.note(err.paint.worse(`✗ failed  ${trial.plan.name}  ${ending.data.message}`));
      },
    },
    end() {
      clearInterval(ticking);
      progress.end();
    },
  };
}
