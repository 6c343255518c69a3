// `runledger train`: one run of a recipe, followed in the terminal and recorded in the ledger.
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { DataSet } from '../../../trainer/index.ts';
import type { OnRead } from '../../datasets/index.ts';
import type { Setting } from '../../runs/recipes.ts';
import type { RunWorkers } from '../../runs/workers.ts';
import type { CliContext } from '../context.ts';
import { gather, gatherTags, threadCount, wholeNumber, words } from '../options.ts';

/** Finds a data set by its name; tests bring their own, and need not call `onRead`. */
export type DataSetLoader = (name: string, onRead?: OnRead) => Promise<DataSet>;

export const loadKnown: DataSetLoader = async (name, onRead) => (await import('../../datasets/index.ts')).loadDataSet(name, {}, onRead);

interface TrainOptions {
  set?: string[];
  seed?: number;
  epochs?: number;
  name?: string;
  tag?: string[];
  threads?: number;
  profile?: string | true;
  resume?: true;
  new?: true;
}

export function trainCommand(context: CliContext, load: DataSetLoader = loadKnown): Command {
  return new Command('train')
    .description('train a recipe and record the run')
    .argument('<recipe>', 'a recipe, YAML or JSON')
    .option('--set <path=value>', 'change the recipe, e.g. optimizer.lr=0.01; may be repeated', gather)
    .option('--seed <n>', 'seed of the run, instead of the one in the recipe', wholeNumber(0))
    .option('--epochs <n>', 'epochs, instead of those in the recipe', wholeNumber(1))
    .option('--name <name>', 'name of the run', words)
    .option('--tag <tag>', 'a word of your own; may be repeated', gatherTags)
    .option('--threads <n>', 'threads that train (default: one a core); they change no bit', threadCount)
    .option('--profile [file]', 'write a Chrome trace of steps 50 to 150: every phase on every thread (default: profile.json)')
    .addOption(
      new Option('--resume', 'go on with an interrupted or stopped run of the same recipe and seed, without asking').conflicts('new'),
    )
    .option('--new', 'begin a new run whatever stands still, without asking')
    .action((path: string, options: TrainOptions) => train(context, path, options, load));
}

async function train(context: CliContext, path: string, options: TrainOptions, load: DataSetLoader): Promise<void> {
  const { createRunWorkers } = await import('../../runs/workers.ts');
  const threads = options.threads ?? availableParallelism();
  const workers = createRunWorkers();
  // It loads while the recipe and the data set are read.
  workers.warm(threads);
  try {
    await trainWith(workers, threads, context, path, options, load);
  } finally {
    await workers.close();
  }
}

async function trainWith(
  workers: RunWorkers,
  threads: number,
  context: CliContext,
  path: string,
  options: TrainOptions,
  load: DataSetLoader,
): Promise<void> {
  const { readWritten } = await import('../../runs/written.ts');
  const written = readWritten(path);
  // Reading begins before the recipe is understood; its mistakes are told first all the same.
  const likely = writtenDataSet(written.value, options.set);
  const early = likely === null ? null : beginReading(load, likely);
  const { buildRecipe, checkFit, parseSetting } = await import('../../runs/recipes.ts');
  const { beginTraining } = await import('../../runs/training.ts');
  const asked = (options.set ?? []).map(parseSetting);
  const settings = [...asked, ...override('epochs', options.epochs), ...override('seed', options.seed)];
  const recipe = buildRecipe(written, settings);
  const reading = early ?? beginReading(load, recipe.dataset);
  const profilingOf = options.profile === undefined ? null : (await import('../profiling.ts')).createProfiling;
  const unverified = await reading.unverified;
  checkFit(recipe, unverified, written, settings);
  const profiling = profilingOf?.(context, options.profile!);
  // The run begins while its data set is verified and everything else is loaded. Nothing of it is recorded before.
  const training = beginTraining(workers, { recipe, dataset: unverified, threads, profile: profiling?.window });
  try {
    // Until the engine is made every core is its own.
    await training.begun;
    reading.verify();
    const [dataset, { defaultName, followRun }] = await Promise.all([reading.verified, import('../training.ts')]);
    const name = options.name ?? defaultName(path, asked, recipe.seed);
    const request = { recipe, name, tags: options.tag ?? [], sweep: null };
    const resuming = options.new ? 'never' : options.resume ? 'always' : 'ask';
    const run = { request, dataset, threads, begun: training, profile: profiling, resuming } as const;
    const { runId, ending } = await followRun(context, workers, run);
    profiling?.finish({ run: runId, name, recipe: path, threads: String(threads) });
    if (ending.type === 'RunFailed') context.exitCode = 1;
  } finally {
    await training.close();
  }
}

const override = (path: string, value: number | undefined): Setting[] =>
  value === undefined ? [] : [{ path, value, place: `--${path} ${value}` }];

/** The data set that a written recipe names, unless a setting may say otherwise. */
function writtenDataSet(value: unknown, set: readonly string[] = []): string | null {
  const { dataset } = (typeof value === 'object' && value !== null ? value : {}) as { dataset?: unknown };
  return typeof dataset === 'string' && !set.some((text) => text.trim().startsWith('dataset')) ? dataset : null;
}

interface Reading {
  /** As soon as it is read. */
  unverified: Promise<DataSet>;
  /** After `verify`. */
  verified: Promise<DataSet>;
  verify(): void;
}

function beginReading(load: DataSetLoader, name: string): Reading {
  const read = Promise.withResolvers<DataSet>();
  const asked = Promise.withResolvers<void>();
  const verified = load(name, (dataset) => {
    read.resolve(dataset);
    return asked.promise;
  });
  const unverified = Promise.race([read.promise, verified]);
  // What goes wrong is told by whoever awaits it, and by nobody where something else went wrong before.
  for (const promise of [verified, unverified]) promise.catch(() => {});
  return { unverified, verified, verify: asked.resolve };
}
