// `runledger replay`: trains a recorded run again and compares every bit. Exit 1 where it differs.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { threadCount, wholeNumber } from '../options.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

interface ReplayCommandOptions {
  untilEpoch?: number;
  from?: number;
  threads?: number;
}

export function replayCommand(context: CliContext, load: DataSetLoader = loadKnown): Command {
  return new Command('replay')
    .description('train a run again and compare every fact with its record')
    .argument('<run>', 'its name, or the start of its id (four digits or more)')
    .option('--until-epoch <n>', 'end after this epoch', wholeNumber(1))
    .option('--from <epoch>', 'begin at the kept checkpoint of this epoch', wholeNumber(1))
    .option('--threads <n>', 'threads that train (default: one a core); they change no bit', threadCount)
    .action((word: string, options: ReplayCommandOptions) => replay(context, word, options, load));
}

async function replay(context: CliContext, word: string, options: ReplayCommandOptions, load: DataSetLoader): Promise<void> {
  const { replayRun } = await import('../../runs/replay.ts');
  const { withRun } = await import('../withRun.ts');
  const { replayBlock, replayReport } = await import('../screens/replay.ts');
  await withRun(context, word, { threads: options.threads, load }, async ({ host, runId, dataset, threads, signal }) => {
    const data = await dataset();
    const progress = await context.progress();
    const startedAt = context.host.clock();
    let [done, total] = [0, 0];
    let epoch = { epoch: 0, epochs: 0 };
    const draw = (): void => progress.show(() => [replayBlock({ done, total, ...epoch }, context.host.clock() - startedAt, context.err)]);
    const verdict = await replayRun(host, runId, data, {
      threads,
      signal,
      fromEpoch: options.from,
      untilEpoch: options.untilEpoch,
      onProgress: (news) => {
        epoch = news;
        draw();
      },
      onCompared: (fact, compared, all) => {
        [done, total] = [compared, all];
        if (fact.type === 'EpochMeasured') progress.log(`epoch ${fact.data.epoch} identical, ${compared} of ${all} facts`);
        draw();
      },
    }).finally(() => progress.end());
    if (verdict === null) {
      context.err.line(context.err.paint.muted('■ stopped; no verdict was recorded'));
      return;
    }
    const seconds = (context.host.clock() - startedAt) / 1000;
    for (const line of replayReport(verdict, { threads, seconds }, context.out)) context.out.line(line);
    if (verdict.verdict === 'differs') context.exitCode = 1;
  });
}
