// The heart: a recipe and a data set in, the facts of the run out, in order. Recording a run is a loop over it that appends, replaying one that
// compares. What a step computes is the engine's affair, what becomes of the facts the caller's.
import type { DataSet } from './data/images.ts';
import type { Engine } from './engine.ts';
import type { EarlyEnd, EpochMeasured, Fact } from './facts.ts';
import { createFingerprint } from './fingerprint.ts';
import { createEngine } from './kernels/index.ts';
import { earlyEnd } from './loop/early.ts';
import { runCompleted, runFailed, runStarted, runStopped } from './loop/endings.ts';
import { courseOf, measureEpoch, trainEpoch } from './loop/epoch.ts';
import { fromTheStart, type Standing, takeUp, takeUpRules } from './loop/origin.ts';
import { createTurns, isStopped, type Run, secondsSince, type TrainOptions } from './loop/run.ts';
import { prepare } from './prepare.ts';
import type { Recipe } from './recipe.ts';
import { epochRates } from './schedules/course.ts';

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
    const nothingYet = { best: null, plateau: null, patience: null, epochStart: options.from?.checkpoint.state ?? null };
    yield* factsOf({ recipe, dataset, options, preparation, engine, threads, startedAt, fingerprint, position, turn, ...nothingYet });
  } catch (error) {
    yield runFailed(error, position, layers, secondsSince(startedAt, options));
  } finally {
    engine?.dispose();
  }
}

async function* factsOf(run: Run): AsyncGenerator<Fact> {
  const { recipe, options } = run;
  const { from } = options;
  takeUpRules(run, from?.checkpoint);
  const standing = from === undefined ? fromTheStart : takeUp(run, from);
  if (from === undefined || from.line.length === 0) yield runStarted(run);
  let { last } = standing;
  let early = earlyOf(run, last);
  let cut: Pick<Standing, 'progress' | 'suspect'> = standing;
  for (let { epoch } = standing; epoch <= recipe.epochs && early === null; epoch++) {
    if (isStopped(run)) return yield* runStopped(run, cut);
    const rates = epochRates(courseOf(run), epoch, last?.learningRate ?? null, run.plateau);
    const trained = yield* trainEpoch(run, epoch, rates, cut);
    if (trained.stopped) return yield* runStopped(run, trained);
    cut = fromTheStart;
    for await (const fact of measureEpoch(run, epoch, rates.rates.at(-1)!, trained)) {
      if (fact.type === 'EpochMeasured') last = fact.data;
      yield fact;
    }
    early = earlyOf(run, last);
  }
  yield await runCompleted(run, last!, early);
}

/** Whether the last measured epoch ends the run; null also where it would have ended anyway. */
function earlyOf({ recipe, patience, position }: Run, last: EpochMeasured['data'] | null): EarlyEnd | null {
  if (recipe.stop === undefined || last === null || last.epoch !== position.epoch || last.epoch >= recipe.epochs) return null;
  return earlyEnd(recipe.stop, patience, last.validation);
}
