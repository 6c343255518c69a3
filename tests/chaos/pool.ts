// Cases in processes side by side. A case that takes its process with it, or never ends, is a failure with a seed like every other.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './kind.ts';
import type { Answer, Task } from './worker.ts';

const patienceMs = 600_000;

export interface Failure {
  seed: number;
  error: string;
}

export interface Report {
  cases: number;
  failures: Failure[];
  outcomes: Outcome[];
}

/** Runs the seeds from `first` on. `onCase` is called after each. */
export async function runCases(
  kind: string,
  { first, count, jobs }: { first: number; count: number; jobs: number },
  onCase: (failure: Failure | null) => void,
): Promise<Report> {
  const report: Report = { cases: 0, failures: [], outcomes: [] };
  let next = first;
  const work = async (): Promise<void> => {
    let worker: ChildProcess | null = null;
    while (next < first + count) {
      const seed = next++;
      worker ??= fork(join(import.meta.dirname, 'worker.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      const { outcome, error } = await ask(worker, { kind, seed });
      if (worker.exitCode !== null || worker.signalCode !== null) worker = null;
      report.cases += 1;
      const failure = error === null ? null : { seed, error };
      if (failure !== null) report.failures.push(failure);
      if (outcome !== null) report.outcomes.push(outcome);
      onCase(failure);
    }
    worker?.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, count) }, work));
  return report;
}

function ask(worker: ChildProcess, task: Task): Promise<Answer> {
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      worker.kill('SIGKILL');
    }, patienceMs);
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      worker.off('message', settle);
      worker.off('exit', gone);
      resolve(answer);
    };
    const gone = (code: number | null, signal: string | null): void =>
      settle({ outcome: null, error: late ? `no end after ${patienceMs / 1000} s` : `the process of the case ended: ${signal ?? code}` });
    worker.on('message', settle);
    worker.on('exit', gone);
    worker.send(task, (error) => error && settle({ outcome: null, error: `the process of the case is gone: ${error.message}` }));
  });
}
