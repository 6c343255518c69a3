// `runledger verify-recipe`: trains the first epoch of a shipped recipe and compares it with the published fingerprint. Exit 1 where they differ.
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { threadCount } from '../options.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

/** Tests bring their own data set, and a folder of published recipes. */
export function verifyRecipeCommand(context: CliContext, load: DataSetLoader = loadKnown, published?: string): Command {
  return new Command('verify-recipe')
    .description('train the first epoch of a shipped recipe and compare it with its published fingerprint; records nothing')
    .argument('<recipe>', 'a file of recipes/ that has a fingerprint in recipes/fingerprints.json')
    .option('--threads <n>', 'threads that train (default: one a core); they change no bit', threadCount)
    .action((path: string, { threads = availableParallelism() }: { threads?: number }) =>
      context.interruptible((signal) => verifyRecipe(context, path, threads, signal, load, published)),
    );
}

async function verifyRecipe(
  context: CliContext,
  path: string,
  threads: number,
  signal: AbortSignal,
  load: DataSetLoader,
  folder: string | undefined,
): Promise<void> {
  const { readWritten } = await import('../../runs/written.ts');
  const { publishedRecipe } = await import('../../runs/published.ts');
  const { buildRecipe } = await import('../../runs/recipes.ts');
  const { recipeDifferences } = await import('../../runs/differences.ts');
  const { changedReport, differingReport, firstEpochLine, identicalReport } = await import('../screens/verifyRecipe.ts');
  const { host, out, err } = context;
  const written = readWritten(path);
  const { name, recipe, published } = publishedRecipe(path, folder);
  const given = { ...buildRecipe(written, []), seed: recipe.seed };
  const changes = recipeDifferences({ ...recipe }, { ...given });
  if (changes.length > 0) {
    for (const line of changedReport(name, path, changes, out)) out.line(line);
    context.exitCode = 1;
    return;
  }
  const { createRunWorkers } = await import('../../runs/workers.ts');
  const { differencesOf, trainFirstEpoch } = await import('../../runs/verifyRecipe.ts');
  const workers = createRunWorkers();
  workers.warm(threads);
  const progress = await context.progress();
  const startedAt = host.clock();
  try {
    const dataset = await load(recipe.dataset);
    const task = { recipe, dataset, threads };
    const onProgress = (of: Parameters<typeof firstEpochLine>[0]) => progress.show(() => [firstEpochLine(of, err)]);
    const found = await trainFirstEpoch(workers, task, { signal, onProgress });
    progress.end();
    if (found === null) return err.line(err.paint.muted('■ stopped'));
    const differences = differencesOf(published.firstEpoch, found);
    const seconds = (host.clock() - startedAt) / 1000;
    const report =
      differences.length === 0
        ? identicalReport(name, recipe.seed, found, seconds, out)
        : differingReport(name, recipe.seed, differences, out);
    for (const line of report) out.line(line);
    if (differences.length > 0) context.exitCode = 1;
  } finally {
    progress.end();
    await workers.close();
  }
}
