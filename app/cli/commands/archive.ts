// `runledger archive` and `restore`: runs are put away, out of tables and ablations, and taken back. Nothing is lost by either.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function archiveCommand(context: CliContext): Command {
  return new Command('archive')
    .description('put runs away: tables and ablations leave them out')
    .argument('<run...>', 'names, or starts of ids')
    .action((words: string[]) => archive(context, words, true));
}

export function restoreCommand(context: CliContext): Command {
  return new Command('restore')
    .description('take archived runs back')
    .argument('<run...>', 'names, or starts of ids')
    .action((words: string[]) => archive(context, words, false));
}

async function archive(context: CliContext, words: string[], archived: boolean): Promise<void> {
  const { withRuns } = await import('../withRuns.ts');
  const { archiveRun } = await import('../../runs/notes.ts');
  await withRuns(context, words, async (host, runs) => {
    for (const run of runs) {
      if (run.archived !== archived) await archiveRun(host, run.runId, archived);
      const done = archived ? 'archived' : 'restored';
      context.out.line(
        `${run.title(context.out.paint)}  ${run.archived === archived ? `is ${archived ? '' : 'not '}archived already` : done}`,
      );
    }
    if (archived) context.err.line(context.err.paint.muted('runledger runs --archived  lists them; runledger purge  frees their files'));
  });
}
