// `runledger train`: one run of a recipe, followed in the terminal and recorded in the ledger.
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { DataSet, Fact, Progress, RunledgerError } from '../../../trainer/index.ts';
import type { OnRead } from '../../datasets/index.ts';
import type { Setting } from '../../runs/recipes.ts';
import type { RunOutcome } from '../../runs/record.ts';
import type { Training } from '../../runs/training.ts';
import type { RunWorkers } from '../../runs/workers.ts';
import { pageHint } from '../address.ts';
import type { CliContext } from '../context.ts';
import { gather, gatherTags, wholeNumber, words } from '../options.ts';
import type { Profiling } from '../profiling.ts';

/** Finds a data set by its name; tests bring their own, and need not call `onRead`. */
export type DataSetLoader = (name: string, onRead?: OnRead) => Promise<DataSet>;

export const loadKnown: DataSetLoader = async (name, onRead) => (await import('../../datasets/index.ts')).loadDataSet(name, {}, onRead);

/** More threads than cores only wait for each other; a few more do no harm. */
const mostThreads = Math.max(8, 2 * availableParallelism());

interface TrainOptions {
  set?: string[];
  seed?: number;
  epochs?: number;
  name?: string;
  tag?: string[];
  threads?: number;
  profile?: string | true;
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
    .option('--threads <n>', 'threads that train (default: one a core); they change no bit', wholeNumber(1, mostThreads))
    .option('--profile [file]', 'write a Chrome trace of steps 50 to 150: every phase on every thread (default: profile.json)')
    .action((path: string, options: TrainOptions) => train(context, path, options, load));
}

async function train(context: CliContext, path: string, options: TrainOptions, load: DataSetLoader): Promise<void> {
  const { createRunWorkers } = await import('../../runs/workers.ts');
  const workers = createRunWorkers();
  // It loads while the recipe and the data set are read.
  workers.warm();
  try {
    await trainWith(workers, context, path, options, load);
  } finally {
    await workers.close();
  }
}

async function trainWith(
  workers: RunWorkers,
  context: CliContext,
  path: string,
  options: TrainOptions,
  load: DataSetLoader,
): Promise<void> {
  const { buildRecipe, checkFit, parseSetting } = await import('../../runs/recipes.ts');
  const { readWritten } = await import('../../runs/written.ts');
  const { queueRun, recordQueued } = await import('../../runs/record.ts');
  const { findBase, readReport } = await import('../../runs/report.ts');
  const { runReport } = await import('../screens/run-report.ts');
  const { recordAbandoned } = await import('../../sweeps/abandoned.ts');
  const { withLedger } = await import('../withLedger.ts');
  const { createRecordingHost } = await import('../../runs/host.ts');
  const { beginTraining } = await import('../../runs/training.ts');

  const threads = options.threads ?? availableParallelism();
  const written = readWritten(path);
  const asked = (options.set ?? []).map(parseSetting);
  const settings = [...asked, ...override('epochs', options.epochs), ...override('seed', options.seed)];
  const recipe = buildRecipe(written, settings);
  const createProfiling = options.profile === undefined ? null : (await import('../profiling.ts')).createProfiling;
  let profiling: Profiling | undefined;
  const begin = (dataset: DataSet): Training => {
    checkFit(recipe, dataset, written, settings);
    profiling = createProfiling?.(context, options.profile!);
    return beginTraining(workers, { recipe, dataset, threads, profile: profiling?.window });
  };
  // The run begins while its data set is verified and the ledger is opened. Nothing of it is recorded before.
  let begun: Training | undefined;
  try {
    const dataset = await load(recipe.dataset, (unverified) => {
      begun = begin(unverified);
    });
    begun ??= begin(dataset);
    const name = options.name ?? (await defaultName(path, asked, recipe.seed));
    await withLedger(context, { write: true }, (ledger) =>
      context.interruptible(async (signal) => {
        const host = createRecordingHost(ledger, context.host.clock, workers);
        await recordAbandoned(host);
        const run = await queueRun(host, { recipe, name, tags: options.tag ?? [], sweep: null });
        const screen = await createTrainingScreen(context, { name, runId: run.runId, threads, ledger: context.ledger });
        let outcome: RunOutcome;
        try {
          outcome = await recordQueued(host, run, dataset, {
            threads,
            begun,
            signal,
            onFact: screen.tell,
            onProgress: screen.advance,
            onFullDisk: screen.warn,
            profile: profiling,
          });
        } finally {
          screen.end();
        }
        const report = readReport(ledger.database, run.runId);
        const base = findBase(ledger.database, run.runId);
        const lines = runReport(report, base === null ? null : readReport(ledger.database, base), context.out);
        for (const line of lines) context.out.line(line);
        for (const line of await pageHint(context, run.runId)) context.out.line(line);
        profiling?.finish({ run: run.runId, name, recipe: path, threads: String(threads) });
        if (outcome.ending.type === 'RunFailed') context.exitCode = 1;
      }),
    );
  } finally {
    await begun?.close();
  }
}

const override = (path: string, value: number | undefined): Setting[] =>
  value === undefined ? [] : [{ path, value, place: `--${path} ${value}` }];

/** The recipe's name, what was set in it, and the seed. */
async function defaultName(path: string, settings: Setting[], seed: number): Promise<string> {
  const { nameOf } = await import('../../sweeps/file.ts');
  const { trialName } = await import('../../sweeps/trials.ts');
  const assignment = Object.fromEntries(
    settings.filter((setting) => setting.path !== 'seed').map((setting) => [setting.path, setting.value]),
  );
  return trialName(nameOf(path), { trial: 1, seed, assignment });
}

/** The head once, then a block that changes in place, or a line an epoch in a pipe. */
async function createTrainingScreen(context: CliContext, title: { name: string; runId: string; threads: number; ledger: string }) {
  const { epochLine, trainingBlock, trainingHead } = await import('../screens/training.ts');
  const { advance, follow, nothingYet } = await import('../../runs/following.ts');
  const { err, host } = context;
  const progress = await context.progress();
  let state = nothingYet;
  let warned = false;
  const draw = (): void => progress.show(() => ['', ...trainingBlock(state, host.clock(), err)]);
  // The time left runs down between facts.
  const ticking = setInterval(draw, 1000);
  return {
    tell(fact: Fact): void {
      state = follow(state, fact, host.clock());
      if (fact.type === 'RunStarted') progress.note(trainingHead(title, state, err));
      if (fact.type === 'EpochMeasured') progress.log(epochLine(state, fact));
      draw();
    },
    /** Said once, however often it is tried. */
    warn(full: RunledgerError): void {
      if (!warned) progress.note(err.paint.warning(`! ${full.message}: the run waits for room`));
      warned = true;
    },
    advance(progress: Progress): void {
      state = advance(state, progress, host.clock());
      draw();
    },
    end(): void {
      clearInterval(ticking);
      progress.end();
    },
  };
}
