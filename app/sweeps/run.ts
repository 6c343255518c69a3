// Runs a planned sweep: declares it, reuses what the ledger knows, and trains the other trials side by side, each an own run.
// What trials there are is `plan.ts`; how one run is recorded is `app/runs/record.ts`.
import type { Fact, Progress, RunledgerError } from '../../trainer/index.ts';
import type { Json, NewEvent } from '../ledger/ports.ts';
import { applicationEvent, commit, type RecordingHost } from '../runs/events.ts';
import { stopReason } from '../runs/protocol.ts';
import { dropQueued, type QueuedRun, queueRun, type RunOutcome, recordQueued } from '../runs/record.ts';
import { findCompleted, findFinished } from './known.ts';
import type { PlannedTrial, SweepPlan } from './plan.ts';

/** Told what happens, as it happens. */
export interface SweepObserver {
  /** Once, before the first step: trials with the runs that will train them, or that did already. */
  onTrials(trials: readonly SweepTrial[]): void;
  onFact(trial: SweepTrial, fact: Fact): void;
  onProgress(trial: SweepTrial, progress: Progress): void;
  onFullDisk(full: RunledgerError): void;
  onEnd(trial: SweepTrial, outcome: RunOutcome): void;
}

export interface SweepTrial {
  plan: PlannedTrial;
  runId: string;
  /** A completed run of the same configuration and seed stands for the trial. */
  reused: boolean;
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
  const members = plan.trials.map((trial) => {
    const known = findCompleted(database, trial);
    return { plan: trial, runId: known ?? host.newId(), reused: known !== null };
  });
  if (finished !== null) {
    options.observer.onTrials(members);
    return { sweepId: finished, trials: members, completed: members.length, failed: 0, stopped: false };
  }
  const sweepId = host.newId();
  // A sweep is held like its runs, so that it can be found abandoned.
  await host.ledger.leases.hold(sweepId);
  try {
    return await trainDeclared(host, sweepId, plan, members, options);
  } finally {
    await host.ledger.leases.release(sweepId);
  }
}

async function trainDeclared(
  host: RecordingHost,
  sweepId: string,
  plan: SweepPlan,
  members: SweepTrial[],
  options: SweepOptions,
): Promise<SweepOutcome> {
  await declare(host, sweepId, plan, members);
  const queue: { trial: SweepTrial; run: QueuedRun }[] = [];
  for (const trial of members) if (!trial.reused) queue.push({ trial, run: await queueTrial(host, sweepId, trial) });
  options.observer.onTrials(members);

  const outcomes = await trainAll(host, queue, options);
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

function queueTrial(host: RecordingHost, sweepId: string, { plan, runId }: SweepTrial): Promise<QueuedRun> {
  const request = { recipe: plan.recipe, name: plan.name, tags: [], sweep: { id: sweepId, trial: plan.trial } };
  return queueRun(host, request, runId);
}

/** As many loops as workers, each taking the next trial. After a stop the rest of the queue is given up; where the ledger refuses, all stop. */
async function trainAll(
  host: RecordingHost,
  queue: readonly { trial: SweepTrial; run: QueuedRun }[],
  { workers, threads, signal, observer }: SweepOptions,
): Promise<RunOutcome[]> {
  const refusal = new AbortController();
  const stop = AbortSignal.any([signal, refusal.signal]);
  const rest = [...queue];
  const outcomes: RunOutcome[] = [];
  const train = async ({ trial, run }: { trial: SweepTrial; run: QueuedRun }): Promise<void> => {
    if (stop.aborted) return dropQueued(host, run);
    const outcome = await recordQueued(host, run, trial.plan.dataset, {
      threads,
      signal: stop,
      onFact: (fact) => observer.onFact(trial, fact),
      onProgress: (progress) => observer.onProgress(trial, progress),
      onFullDisk: (full) => observer.onFullDisk(full),
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
