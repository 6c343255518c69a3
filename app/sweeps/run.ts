// Runs a planned sweep: declares it, reuses what the ledger knows, goes on with what stands still, and trains the other trials side by side, each
// an own run.
// What trials there are is `plan.ts`; how one run is recorded is `app/runs/record.ts`.
import type { Fact, Progress, RunledgerError } from '../../trainer/index.ts';
import type { Json, NewEvent } from '../ledger/ports.ts';
import { applicationEvent, commit, type RecordingHost } from '../runs/events.ts';
import type { RecordedFact } from '../runs/line.ts';
import { stopReason } from '../runs/protocol.ts';
import { dropQueued, queueRun, type RecordingOptions, type RunOutcome, recordQueued } from '../runs/record.ts';
import { type Resumption, recordResumed, takeStanding } from '../runs/resume.ts';
import { findCompleted, findFinished } from './known.ts';
import type { PlannedTrial, SweepPlan } from './plan.ts';

/** Told what happens, as it happens. */
export interface SweepObserver {
  /** Once, before the first step: trials with the runs that will train them, or that did already. */
  onTrials(trials: readonly SweepTrial[]): void;
  onFact(trial: SweepTrial, fact: Fact): void;
  onProgress(trial: SweepTrial, progress: Progress): void;
  onHeldUp(refusal: RunledgerError): void;
  onEnd(trial: SweepTrial, outcome: RunOutcome): void;
}

export interface SweepTrial {
  plan: PlannedTrial;
  runId: string;
  /** A completed run of the same configuration and seed stands for the trial. */
  reused: boolean;
  /** What its run has found out already, where one goes on that was interrupted or stopped; else empty. */
  line: readonly RecordedFact[];
}

/** A trial that is to be trained. */
interface Waiting {
  trial: SweepTrial;
  record(options: RecordingOptions): Promise<RunOutcome>;
  giveUp(): Promise<void>;
}

interface Member {
  trial: SweepTrial;
  resumption: Resumption | null;
}

export interface SweepOptions {
  /** Runs side by side. */
  workers: number;
  /** Threads a run. */
  threads: number;
  /** Aborting it stops all runs cleanly. */
  signal: AbortSignal;
  observer: SweepObserver;
}

export interface SweepOutcome {
  sweepId: string;
  trials: SweepTrial[];
  completed: number;
  failed: number;
  stopped: boolean;
}

/** The metric that trials are compared by. */
const metric = 'validationAccuracy';

/** A sweep that was run before with the same trials is not declared again. */
export async function runSweep(host: RecordingHost, plan: SweepPlan, options: SweepOptions): Promise<SweepOutcome> {
  const { database } = host.ledger;
  const finished = findFinished(database, plan);
  if (finished !== null) {
    const trials = plan.trials.map((trial) => known(database, trial)!);
    options.observer.onTrials(trials);
    return { sweepId: finished, trials, completed: trials.length, failed: 0, stopped: false };
  }
  const members: Member[] = [];
  for (const trial of plan.trials) members.push(await memberFor(host, trial));
  const sweepId = host.newId();
  // A sweep is held like its runs, so that it can be found abandoned.
  await host.ledger.leases.hold(sweepId);
  try {
    return await trainDeclared(host, sweepId, plan, members, options);
  } finally {
    await host.ledger.leases.release(sweepId);
  }
}

function known(database: RecordingHost['ledger']['database'], plan: PlannedTrial): SweepTrial | null {
  const runId = findCompleted(database, plan);
  return runId === null ? null : { plan, runId, reused: true, line: [] };
}

/** What is complete is reused, what stands still goes on, all else begins. */
async function memberFor(host: RecordingHost, plan: PlannedTrial): Promise<Member> {
  const completed = known(host.ledger.database, plan);
  if (completed !== null) return { trial: completed, resumption: null };
  const resumption = (await takeStanding(host, plan.configurationId, plan.seed))?.resumption ?? null;
  const trial = { plan, runId: resumption?.runId ?? host.newId(), reused: false, line: resumption?.line ?? [] };
  return { trial, resumption };
}

async function trainDeclared(
  host: RecordingHost,
  sweepId: string,
  plan: SweepPlan,
  all: readonly Member[],
  options: SweepOptions,
): Promise<SweepOutcome> {
  const members = all.map(({ trial }) => trial);
  await declare(host, sweepId, plan, members);
  const queue: Waiting[] = [];
  for (const member of all) if (!member.trial.reused) queue.push(await queueMember(host, sweepId, member));
  options.observer.onTrials(members);

  const outcomes = await trainAll(queue, options);
  const completed = members.length - queue.length + outcomes.filter(({ ending }) => ending.type === 'RunCompleted').length;
  const failed = outcomes.filter(({ ending }) => ending.type === 'RunFailed').length;
  const stopped = completed + failed < members.length;
  const end = stopped
    ? applicationEvent(host, 'SweepStopped', { ...stopReason })
    : applicationEvent(host, 'SweepCompleted', { completed, failed });
  await commit(host, `sweep/${sweepId}`, 1 + members.length, [end]);
  return { sweepId, trials: members, completed, failed, stopped };
}

/** The declaration is committed before the first run is queued, so that nobody can choose afterwards what was compared. */
async function declare(host: RecordingHost, sweepId: string, { file }: SweepPlan, trials: readonly SweepTrial[]): Promise<void> {
  const factors = file.factors as unknown as Json;
  const declared = { name: file.name, kind: file.kind, recipe: file.recipe, factors, seeds: file.seeds, metric };
  const proposed = trials.map(
    ({ plan: { trial, assignment, seed }, runId, reused }): NewEvent =>
      applicationEvent(host, 'TrialProposed', { trial, run: runId, assignment, seed, reused }),
  );
  await commit(host, `sweep/${sweepId}`, 0, [applicationEvent(host, 'SweepDeclared', declared), ...proposed]);
  if (file.kind !== 'ablation') return;
  const ablation = { name: file.name, sweep: sweepId, factors, seeds: file.seeds, metric };
  await commit(host, `ablation/${host.newId()}`, 0, [applicationEvent(host, 'AblationDeclared', ablation)]);
}

async function queueMember(host: RecordingHost, sweepId: string, { trial, resumption }: Member): Promise<Waiting> {
  const { plan, runId } = trial;
  if (resumption !== null) {
    return {
      trial,
      record: (options) => recordResumed(host, resumption, plan.dataset, options),
      giveUp: () => host.ledger.leases.release(runId),
    };
  }
  const request = { recipe: plan.recipe, name: plan.name, tags: [], sweep: { id: sweepId, trial: plan.trial } };
  const run = await queueRun(host, request, runId);
  return { trial, record: (options) => recordQueued(host, run, plan.dataset, options), giveUp: () => dropQueued(host, run) };
}

/** As many loops as workers, each taking the next trial. After a stop the rest of the queue is given up; where the ledger refuses, all stop. */
async function trainAll(queue: readonly Waiting[], { workers, threads, signal, observer }: SweepOptions): Promise<RunOutcome[]> {
  const refusal = new AbortController();
  const stop = AbortSignal.any([signal, refusal.signal]);
  const rest = [...queue];
  const outcomes: RunOutcome[] = [];
  const train = async ({ trial, record, giveUp }: Waiting): Promise<void> => {
    if (stop.aborted) return giveUp();
    const outcome = await record({
      threads,
      signal: stop,
      onFact: (fact) => observer.onFact(trial, fact),
      onProgress: (progress) => observer.onProgress(trial, progress),
      onHeldUp: (refusal) => observer.onHeldUp(refusal),
    });
    outcomes.push(outcome);
    observer.onEnd(trial, outcome);
  };
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      try {
        await train(next);
      } catch (error) {
        refusal.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, queue.length) }, work));
  refusal.signal.throwIfAborted();
  return outcomes;
}
