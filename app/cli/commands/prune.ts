// `runledger prune`: checkpoints that need not be kept go; they can be trained again to the same bits. What went is recorded.
import { Command } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { CliContext } from '../context.ts';
import type { ManagedRun, ManagingHost } from '../withRuns.ts';

interface PruneOptions {
  keep: string;
  dryRun: boolean;
}

export function pruneCommand(context: CliContext): Command {
  return new Command('prune')
    .description('free the checkpoints that need not be kept; of all runs, or of these')
    .argument('[run...]', 'names, or starts of ids')
    .option('--keep <which>', 'last, best, every:n, all or none, several with commas', 'last,best')
    .option('--dry-run', 'say what would be freed, and free nothing', false)
    .action((words: string[], options: PruneOptions) => prune(context, words, options));
}

async function prune(context: CliContext, words: string[], { keep: said, dryRun }: PruneOptions): Promise<void> {
  const { keepText, parseKeep } = await import('../../../trainer/index.ts');
  const { blobSizes, planPrune, recordPrune } = await import('../../runs/giveUp.ts');
  const { withExisting, withRuns } = await import('../withRuns.ts');
  const { fileCount, freed } = await import('../screens/freed.ts');
  const { out, err } = context;
  const keep = parseKeep(said);
  const work = async (host: ManagingHost, runs: ManagedRun[]): Promise<void> => {
    const sizes = await blobSizes(host.ledger);
    let sum = 0;
    for (const run of runs) {
      const given = planPrune(host.ledger, sizes, run.runId, keep);
      if (given.files.length === 0) continue;
      // Of two runs that share a file the second one frees it.
      if (!dryRun) for (const sha256 of await recordPrune(host, given, keepText(keep))) sizes.delete(sha256);
      sum += given.bytes;
      out.line(`${run.title(out.paint)}  ${fileCount(given.files.length)}, ${freed(given.bytes, dryRun)}`);
    }
    out.line(
      sum === 0
        ? `nothing to free: ${runs.length === 1 ? 'the run keeps' : 'all runs keep'} no more than ${keepText(keep).join(', ')}`
        : freed(sum, dryRun),
    );
  };
  if (words.length > 0) {
    return withRuns(context, words, async (host, runs) => {
      const living = runs.find(({ underWay }) => underWay);
      if (living !== undefined)
        throw new RunledgerError(
          'run.underWay',
          `${living.name} is ${living.status}, and lets go by itself what its recipe does not keep`,
          {
            help: `runledger stop ${living.runId.slice(0, 8)}`,
          },
        );
      await work(host, runs);
    });
  }
  await withExisting(context, async (host) => {
    const { readRun } = await import('../withRuns.ts');
    const ids = host.ledger.database.prepare<[], string>('SELECT run_id FROM v1_runs ORDER BY first_position').pluck().all();
    const runs = await Promise.all(ids.map((runId) => readRun(host.ledger, runId)));
    const living = runs.filter(({ underWay }) => underWay);
    if (living.length > 0) err.line(err.paint.muted(`left alone: ${living.length} under way`));
    await work(
      host,
      runs.filter(({ underWay }) => !underWay),
    );
  });
}
