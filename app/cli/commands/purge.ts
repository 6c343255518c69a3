// `runledger purge`: frees all files of archived runs, for good. Their events stay, and one more that names what went.
import { once } from 'node:events';
import { Command } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { CliContext } from '../context.ts';

interface PurgeOptions {
  yes: boolean;
  dryRun: boolean;
}

const word = 'purge';

export function purgeCommand(context: CliContext): Command {
  return new Command('purge')
    .description('free all files of archived runs; their events stay')
    .argument('<run...>', 'names, or starts of ids, of archived runs')
    .option('--yes', 'do not ask', false)
    .option('--dry-run', 'say what would be freed, and free nothing', false)
    .action((words: string[], options: PurgeOptions) => purge(context, words, options));
}

async function purge(context: CliContext, words: string[], { yes, dryRun }: PurgeOptions): Promise<void> {
  const { withRuns } = await import('../withRuns.ts');
  const { blobSizes, planPurge, recordPurge } = await import('../../runs/giveUp.ts');
  const { fileCount, freed } = await import('../screens/freed.ts');
  const { out } = context;
  await withRuns(context, words, async (host, runs) => {
    for (const { name, runId, archived, underWay, status } of runs) {
      if (!archived)
        throw new RunledgerError('run.notArchived', `${name} is not archived`, { help: `runledger archive ${runId.slice(0, 8)}` });
      if (underWay) throw new RunledgerError('run.underWay', `${name} is ${status}`, { help: `runledger stop ${runId.slice(0, 8)}` });
    }
    const sizes = await blobSizes(host.ledger);
    const planned = runs
      .map((run) => ({ run, given: planPurge(host.ledger, sizes, run.runId) }))
      .filter(({ given }) => given.files.length > 0);
    if (planned.length === 0) {
      out.line(`nothing to free: ${runs.length === 1 ? 'it has' : 'they have'} no files`);
      return;
    }
    for (const { run, given } of planned)
      out.line(`${run.title(out.paint)}  ${fileCount(given.files.length)}, ${freed(given.bytes, true)}`);
    if (dryRun) return;
    if (!yes) await confirm(context);
    let sum = 0;
    // Planned anew, one after the other: of two runs that share a file the second one frees it.
    for (const { run } of planned) {
      const given = planPurge(host.ledger, sizes, run.runId);
      for (const sha256 of await recordPurge(host, given)) sizes.delete(sha256);
      sum += given.bytes;
    }
    out.line(freed(sum));
  });
}

/** Asks for a word that nobody types by accident; where nobody can be asked, `--yes` must say so. Error `usage`. */
async function confirm({ host, err }: CliContext): Promise<void> {
  if (host.stdin.isTTY !== true)
    throw new RunledgerError('usage', 'purge asks before it frees files, and nobody can answer here', { help: 'say  --yes' });
  const { createInterface } = await import('node:readline/promises');
  const asking = createInterface({ input: host.stdin, output: err.stream, terminal: false });
  try {
    // Who ends the input has not agreed.
    const ended = once(asking, 'close').then(() => '');
    const answer = await Promise.race([
      asking.question(err.render(`These files cannot be brought back. Type  ${word}  to go on: `)),
      ended,
    ]);
    if (answer.trim() !== word) throw new RunledgerError('purge.refused', 'nothing was freed', { help: 'say  --yes, or type the word' });
  } finally {
    asking.close();
  }
}
