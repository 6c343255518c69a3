// `runledger tag`, `note` and `rename`: what users say about a run. It stands beside the facts, in a stream of its own.
import { Command } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { CliContext } from '../context.ts';
import { gatherTags, words as readable } from '../options.ts';

const aRun = 'its name, or the start of its id (four digits or more)';

interface TagOptions {
  add?: string[];
  remove?: string[];
}

export function tagCommand(context: CliContext): Command {
  return new Command('tag')
    .description('add tags to a run, or take them away; without any, print them')
    .argument('<run>', aRun)
    .argument('[tags...]', 'tags to add: paper, or +paper', gatherTags)
    .option('--add <tag>', 'the same; may be repeated', gatherTags)
    .option('--remove <tag>', 'a tag to take away; may be repeated', gatherTags)
    .action((run: string, tags: string[] | undefined, options: TagOptions) => tag(context, run, tags ?? [], options));
}

export function noteCommand(context: CliContext): Command {
  return new Command('note')
    .description('write a note about a run; `show` and its page tell them all')
    .argument('<run>', aRun)
    .argument('<text...>', 'what to write')
    .action((run: string, text: string[]) => note(context, run, readableText(text.join(' '))));
}

export function renameCommand(context: CliContext): Command {
  return new Command('rename')
    .description('give a run another name')
    .argument('<run>', aRun)
    .argument('<name>', 'the new name', readable)
    .action((run: string, name: string) => rename(context, run, name));
}

async function tag(context: CliContext, word: string, plain: string[], { add = [], remove = [] }: TagOptions): Promise<void> {
  const { withRuns } = await import('../withRuns.ts');
  const { tagRun } = await import('../../runs/notes.ts');
  const added = [...plain.map((text) => text.replace(/^\+/, '')), ...add].filter((text) => text !== '');
  await withRuns(context, [word], async (host, [run]) => {
    if (added.length + remove.length > 0) await tagRun(host, run!.runId, { add: added, remove });
    const tags = host.ledger.database.prepare<[string], string>('SELECT tags FROM v1_runs WHERE run_id = ?').pluck().get(run!.runId) ?? '';
    context.out.line(`${run!.title(context.out.paint)}  ${tags === '' ? 'no tags' : tags.split(',').join(', ')}`);
  });
}

async function note(context: CliContext, word: string, text: string): Promise<void> {
  const { withRuns } = await import('../withRuns.ts');
  const { noteRun } = await import('../../runs/notes.ts');
  await withRuns(context, [word], async (host, [run]) => {
    await noteRun(host, run!.runId, text);
    context.out.line(`${run!.title(context.out.paint)}  noted`);
  });
}

async function rename(context: CliContext, word: string, name: string): Promise<void> {
  const { withRuns } = await import('../withRuns.ts');
  const { renameRun } = await import('../../runs/notes.ts');
  await withRuns(context, [word], async (host, [run]) => {
    await renameRun(host, run!.runId, name);
    context.out.line(`${run!.title(context.out.paint)}  is called ${context.out.paint.bold(name)} now`);
  });
}

/** Long enough for a paragraph. */
const longestNote = 4_000;

function readableText(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new RunledgerError('usage', 'the note is empty', { help: "runledger note <run> 'what to remember'" });
  if (trimmed.length <= longestNote) return trimmed;
  throw new RunledgerError('usage', `the note has ${trimmed.length} characters`, { help: `a note has at most ${longestNote}` });
}
