// The heart: a recipe and a data set in, the facts of the run out, in order. Recording a run is a loop over it that appends, replaying one that
// compares. What a step computes is the engine's affair, what becomes of the facts the caller's.
import type { DataSet } from './data/images.ts';
import type { Engine } from './engine.ts';
import type { Fact, LearningRateChanged } from './facts.ts';
import { createFingerprint } from './fingerprint.ts';
import { createEngine } from './kernels/index.ts';
import { runCompleted, runFailed, runStarted, runStopped } from './loop/endings.ts';
import { measureEpoch, trainEpoch } from './loop/epoch.ts';
import { fromTheStart, type Standing, takeUp } from './loop/origin.ts';
import { createTurns, noted, type Run, secondsSince, type TrainOptions } from './loop/run.ts';
import { prepare } from './prepare.ts';
import type { Recipe } from './recipe.ts';
import { learningRate, scheduleRule } from './schedules/index.ts';

/**
 * Trains `recipe` (canonical, from `parseRecipe`) on `dataset` and yields every fact of the run; `data` and arrays depend on these two alone.
 * The last fact is RunCompleted, RunFailed or RunStopped: whatever goes wrong inside is a RunFailed, nothing is thrown.
 * With `from` it goes on there, and yields what an unbroken run yields from there on; facts recorded before are in its fingerprint.
 * Use `checkRecipe` before, so that a recipe that does not fit is refused before a run exists. The engine is disposed of on every way out,
 * a `break` of the caller's loop included.
 */
export async function* train(recipe: Recipe, dataset: DataSet, options: TrainOptions): AsyncGenerator<Fact, void, undefined> {
  const startedAt = options.clock();
  const position = { epoch: 0, step: 0 };
  const threads = options.threads ?? 1;
  let engine: Engine | null = null;
  let layers: string[] = [];
  try {
    const preparation = prepare(recipe, dataset);
    layers = preparation.network.layers.map(({ name }) => name);
    const spec = preparation.engineSpec(threads);
    engine = options.engine === undefined ? createEngine(spec, options) : await options.engine(spec);
    const fingerprint = createFingerprint();
    const turn = createTurns(options.clock);
    yield* factsOf({ recipe, dataset, options, preparation, engine, threads, startedAt, fingerprint, position, turn, best: null });
  } catch (error) {
    yield runFailed(error, position, layers, secondsSince(startedAt, options));
  } finally {
    engine?.dispose();
  }
}

async function* factsOf(run: Run): AsyncGenerator<Fact> {
  const { recipe, options } = run;
  const { from } = options;
  const standing = from === undefined ? fromTheStart : takeUp(run, from);
  if (from === undefined || from.line.length === 0) yield runStarted(run);
  let { rate, last } = standing;
  let cut: Pick<Standing, 'progress' | 'suspect'> = standing;
  for (let { epoch } = standing; epoch <= recipe.epochs; epoch++) {
    if (options.signal?.aborted) return yield* runStopped(run, cut);
    const next = learningRate(recipe.schedule, recipe.optimizer.lr, epoch);
    if (next !== rate) yield learningRateChanged(run, epoch, rate, next);
    rate = next;
    const trained = yield* trainEpoch(run, epoch, rate, cut);
    if (trained.stopped) return yield* runStopped(run, trained);
    cut = fromTheStart;
    for await (const fact of measureEpoch(run, epoch, rate, trained)) {
      if (fact.type === 'EpochMeasured') last = fact.data;
      yield fact;
    }
  }
  yield await runCompleted(run, last!);
}

function learningRateChanged(run: Run, epoch: number, from: number | null, to: number): LearningRateChanged {
  const { schedule } = run.recipe;
  const why = from === null ? 'start' : scheduleRule(schedule);
  const data = { epoch, step: run.position.step + 1, from, to, schedule: schedule.type, why };
  return noted(run, { type: 'LearningRateChanged', data, measured: {} });
}
