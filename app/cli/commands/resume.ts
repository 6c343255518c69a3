// `runledger resume`: an interrupted or stopped run goes on, and ends as if nothing had happened.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { threadCount } from '../options.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

export function resumeCommand(context: CliContext, load: DataSetLoader = loadKnown): Command {
  return new Command('resume')
    .description('go on with an interrupted or stopped run, from its last checkpoint')
    .argument('<run>', 'its name, or the start of its id (four digits or more)')
    .option('--threads <n>', 'threads that train (default: one a core); they change no bit', threadCount)
    .action((word: string, { threads }: { threads?: number }) => resume(context, word, threads, load));
}

async function resume(context: CliContext, word: string, threads: number | undefined, load: DataSetLoader): Promise<void> {
  const { takeRun } = await import('../../runs/resume.ts');
  const { withRun } = await import('../withRun.ts');
  const { followResumed } = await import('../training.ts');
  await withRun(context, word, { threads, load }, async (run) => {
    const resumption = await takeRun(run.host, run.runId);
    const dataset = await run.dataset().catch(async (error) => {
      await run.host.ledger.leases.release(run.runId);
      throw error;
    });
    const { ending } = await followResumed(context, run.host, resumption, dataset, run.threads, run.signal);
    if (ending.type === 'RunFailed') context.exitCode = 1;
  });
}
