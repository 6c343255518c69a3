// `runledger stop`: asks the process that trains a run, whichever it is, to stop it cleanly, and waits a while for the answer.
import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import { statusText } from '../../../views/format/status.ts';
import type { CliContext } from '../context.ts';
import { words as readable } from '../options.ts';
import type { ManagedRun, ManagingHost } from '../withRuns.ts';

const patienceMs = 30_000;

export function stopCommand(context: CliContext): Command {
  return new Command('stop')
    .description('stop runs after their current step, with a checkpoint; also from another process')
    .argument('<run...>', 'names, or starts of ids')
    .option('--why <text>', 'the reason to record', readable, 'asked to on the command line')
    .action((words: string[], { why }: { why: string }) => stop(context, words, why));
}

async function stop(context: CliContext, words: string[], why: string): Promise<void> {
  const { withRuns } = await import('../withRuns.ts');
  const { requestStop } = await import('../../runs/requests.ts');
  await withRuns(context, words, (host, runs) =>
    context.interruptible(async (signal) => {
      const ended = runs.find(({ underWay }) => !underWay);
      if (ended !== undefined)
        throw new RunledgerError('run.ended', `${ended.name} is ${ended.status}: there is nothing to stop`, {
          help: 'see which runs are under way with  runledger runs --status running',
        });
      for (const { runId } of runs) await requestStop(host, runId, why);
      for (const run of runs) context.out.line(`${run.title(context.out.paint)}  ${await ending(host, run, signal)}`);
    }),
  );
}

/** What became of it; other processes' commits are seen within 200 ms. */
async function ending({ ledger }: ManagingHost, { runId }: ManagedRun, signal: AbortSignal): Promise<string> {
  const read = ledger.database.prepare<[string], { status: 'running'; epochs_done: number; steps_done: number }>(
    'SELECT status, epochs_done, steps_done FROM v1_runs WHERE run_id = ?',
  );
  const isUnderWay = (): boolean => ['queued', 'running', 'suspect'].includes(read.get(runId)!.status);
  const ended = new AbortController();
  const unsubscribe = ledger.onChange(() => {
    if (!isUnderWay()) ended.abort();
  });
  if (isUnderWay()) await setTimeout(patienceMs, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).catch(() => {});
  unsubscribe();
  const { status, epochs_done, steps_done } = read.get(runId)!;
  return isUnderWay()
    ? 'is asked to stop; its process has not answered yet'
    : `${statusText(status)} after epoch ${epochs_done}, step ${steps_done}`;
}
