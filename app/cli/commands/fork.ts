// `runledger fork`: a new run that begins at the end of an epoch of another one, with other settings.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { gather, gatherTags, threadCount, wholeNumber, words } from '../options.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

interface ForkOptions {
  epoch: number;
  set?: string[];
  name?: string;
  tag?: string[];
  threads?: number;
}

export function forkCommand(context: CliContext, load: DataSetLoader = loadKnown): Command {
  return new Command('fork')
    .description('begin a new run at the end of an epoch of another one')
    .argument('<run>', 'the parent: its name, or the start of its id (four digits or more)')
    .requiredOption('--epoch <n>', 'the epoch to begin after; one whose checkpoint was not kept is trained again first', wholeNumber(1))
    .option('--set <path=value>', 'change the recipe, e.g. schedule.gamma=0.5; may be repeated', gather)
    .option('--name <name>', "name of the run (default: the parent's, the epoch and the settings)", words)
    .option('--tag <tag>', 'a word of your own; may be repeated', gatherTags)
    .option('--threads <n>', 'threads that train (default: one a core); they change no bit', threadCount)
    .action((word: string, options: ForkOptions) => fork(context, word, options, load));
}

async function fork(context: CliContext, word: string, options: ForkOptions, load: DataSetLoader): Promise<void> {
  const { forkName, planFork, queueFork } = await import('../../runs/fork.ts');
  const { parseSetting } = await import('../../runs/recipes.ts');
  const { recordAttempt } = await import('../../runs/record.ts');
  const { withRun } = await import('../withRun.ts');
  const { followTraining } = await import('../training.ts');
  const settings = (options.set ?? []).map(parseSetting);
  await withRun(context, word, { threads: options.threads, load }, async ({ host, runId: parentId, dataset, threads, signal }) => {
    const request = { parentId, epoch: options.epoch, settings, name: options.name ?? null, tags: options.tag ?? [] };
    const plan = await planFork(host, request);
    const data = await dataset();
    const progress = await context.progress();
    const attempt = await queueFork(host, plan, data, {
      threads,
      signal,
      onProgress: ({ epoch, epochs }) =>
        progress.show(() => [context.err.paint.muted(`training epoch ${epoch}/${epochs} of the parent again`)]),
    }).finally(() => progress.end());
    const title = { name: plan.name ?? forkName(plan), runId: attempt.runId, threads };
    const { ending } = await followTraining(context, host, title, [], signal, (recording) => recordAttempt(host, attempt, data, recording));
    if (ending.type === 'RunFailed') context.exitCode = 1;
  });
}
