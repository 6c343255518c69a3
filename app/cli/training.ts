// Records a run and shows it: what `train` needs once the recipe is read, loaded while the data set is, and what every other command that trains shows.
import { configurationId, type DataSet, type Fact, type Progress, type RunledgerError } from '../../trainer/index.ts';
import { runReference } from '../../views/format/identity.ts';
import type { RecordingHost } from '../runs/events.ts';
import { advance, follow, followOn, nothingYet } from '../runs/following.ts';
import { createRecordingHost } from '../runs/host.ts';
import type { RecordedFact } from '../runs/line.ts';
import type { Setting } from '../runs/recipes.ts';
import { queueRun, type RecordingOptions, type RunOutcome, type RunRequest, recordQueued } from '../runs/record.ts';
import { findBase, readReport } from '../runs/report.ts';
import { type Resumption, recordResumed, takeStanding } from '../runs/resume.ts';
import type { Training } from '../runs/training.ts';
import type { RunWorkers } from '../runs/workers.ts';
import { recordAbandoned } from '../sweeps/abandoned.ts';
import { nameOf } from '../sweeps/file.ts';
import { trialName } from '../sweeps/trials.ts';
import { pageHint } from './address.ts';
import type { CliContext } from './context.ts';
import { goingOn, standingLines } from './screens/resuming.ts';
import { runReport } from './screens/run-report.ts';
import { epochLine, type TrainingTitle, trainingBlock, trainingHead } from './screens/training.ts';
import { askYes, canAsk } from './terminal/ask.ts';
import { withLedger } from './withLedger.ts';

export interface FollowedRun {
  request: RunRequest;
  dataset: DataSet;
  threads: number;
  begun: Training;
  profile: RecordingOptions['profile'];
  /** Whether a run of the same recipe and seed that stands still goes on instead. */
  resuming: 'ask' | 'always' | 'never';
}

/** Queues the run, records it to its end and prints its report; or goes on with one of the same recipe and seed that stands still. */
export function followRun(context: CliContext, workers: RunWorkers, run: FollowedRun): Promise<RunOutcome> {
  const { request, dataset, begun, profile, threads } = run;
  return withLedger(context, { write: true }, (ledger) =>
    context.interruptible(async (signal) => {
      const host = createRecordingHost(ledger, context.host.clock, workers);
      await recordAbandoned(host);
      const resumption = run.resuming === 'never' ? null : await offered(context, host, run, signal);
      if (resumption !== null) {
        // What has begun is of no use: the run goes on elsewhere.
        await begun.close();
        return followResumed(context, host, resumption, dataset, threads, signal);
      }
      const queued = await queueRun(host, request);
      const title = { name: request.name ?? '', runId: queued.runId, threads };
      return followTraining(context, host, title, [], signal, (options) =>
        recordQueued(host, queued, dataset, { ...options, begun, profile }),
      );
    }),
  );
}

/** Records a run that was taken up, to its end. */
export function followResumed(
  context: CliContext,
  host: RecordingHost,
  resumption: Resumption,
  dataset: DataSet,
  threads: number,
  signal: AbortSignal,
): Promise<RunOutcome> {
  context.err.line(goingOn(resumption, context.err));
  const title = { name: resumption.name ?? '', runId: resumption.runId, threads };
  return followTraining(context, host, title, resumption.line, signal, (options) => recordResumed(host, resumption, dataset, options));
}

/** Shows a run while `record` trains it, then its report. Ctrl-C stops it cleanly. `line` is what it has found out before. */
export async function followTraining(
  context: CliContext,
  { ledger }: RecordingHost,
  title: { name: string; runId: string; threads: number },
  line: readonly RecordedFact[],
  signal: AbortSignal,
  record: (options: RecordingOptions) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const { runId, threads } = title;
  const screen = await createTrainingScreen(context, { ...title, ledger: context.ledger }, line);
  const outcome = await record({
    threads,
    signal,
    onFact: screen.tell,
    onProgress: screen.advance,
    onHeldUp: screen.warn,
  }).finally(() => screen.end());
  const base = findBase(ledger.database, runId);
  const report = runReport(readReport(ledger.database, runId), base === null ? null : readReport(ledger.database, base), context.out);
  for (const text of report) context.out.line(text);
  for (const text of await pageHint(context, runId)) context.out.line(text);
  return outcome;
}

/** A run of the same recipe and seed that stands still, taken, where the user wants it to go on. In a pipe nobody can be asked: a line says how. */
async function offered(
  context: CliContext,
  host: RecordingHost,
  { request: { recipe }, dataset, resuming }: FollowedRun,
  signal: AbortSignal,
): Promise<Resumption | null> {
  const taken = await takeStanding(host, configurationId(recipe, dataset.fingerprint), recipe.seed);
  if (taken === null) return null;
  const { standing, resumption } = taken;
  const { err } = context;
  for (const text of standingLines(standing, resumption.checkpoint?.step ?? 0, err)) err.line(text);
  if (resuming === 'always') return resumption;
  if (canAsk(context)) {
    if (await askYes(context, 'Resume it?  [Y] resume   [n] start a new run   (--resume or --new to skip this) ', signal))
      return resumption;
  } else {
    err.line(`  A new run begins; to go on with that one:  runledger resume ${runReference(standing.runId)}`);
  }
  await host.ledger.leases.release(standing.runId);
  signal.throwIfAborted();
  return null;
}

/** The recipe's name, what was set in it, and the seed. */
export function defaultName(path: string, settings: readonly Setting[], seed: number): string {
  const assignment = Object.fromEntries(
    settings.filter((setting) => setting.path !== 'seed').map((setting) => [setting.path, setting.value]),
  );
  return trialName(nameOf(path), { trial: 1, seed, assignment });
}

/** The head once, then a block that changes in place, or a line an epoch in a pipe. */
async function createTrainingScreen(context: CliContext, title: TrainingTitle, line: readonly RecordedFact[]) {
  const { err, host } = context;
  const progress = await context.progress();
  let state = line.length === 0 ? nothingYet : followOn(line, host.clock());
  let warned = false;
  const draw = (): void => progress.show(() => ['', ...trainingBlock(state, host.clock(), err)]);
  if (state.started !== null) progress.note(trainingHead(title, state, err));
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
