// Where a run's numbers first stopped being finite. Asked only once the loss has: the steps of the epoch are then taken again, on another engine
// and up to the failing one, because that step has moved the weights already; then its batch goes forward once more, and every layer is looked at.
import { batchesOf, type Engine, type EngineState } from '../engine.ts';
import { RunledgerError } from '../errors.ts';
import { createEngine } from '../kernels/index.ts';
import type { Run } from './run.ts';

/** The epoch in which the loss stopped being finite, up to its failing step. */
export interface Failing {
  epoch: number;
  loss: number;
  /** Of the epoch, in order. */
  order: Uint32Array;
  /** Of the epoch's steps. */
  rates: Float64Array;
  /** Place in the epoch of the first step that was taken from `start`, and of the failing one. */
  first: number;
  failed: number;
  /** Layer whose gradient had stopped being finite before. */
  suspect: string | null;
}

/** The error that ends the run: the step, the layer, and what to do. */
export async function nonFinite(run: Run, failing: Failing): Promise<RunledgerError> {
  const { position, recipe } = run;
  const { schedule, optimizer } = recipe;
  // Where there is no room for a second engine, the run fails for its own reason all the same.
  const layer = await firstLayer(run, failing).catch(() => failing.suspect);
  const became = `loss became ${Number.isNaN(failing.loss) ? 'NaN' : 'infinite'} at step ${position.step} (epoch ${position.epoch})`;
  const [path, largest] = schedule.type === 'oneCycleLR' ? ['schedule.maxLr', schedule.maxLr] : ['optimizer.lr', optimizer.lr];
  return new RunledgerError('train.nonFinite', layer === null ? became : `${became}, first in ${layer}`, {
    place: layer ?? undefined,
    help: `try a smaller learning rate than ${failing.rates[failing.failed]}, e.g. --set ${path}=${Number((largest / 10).toPrecision(3))}`,
  });
}

/**
 * Where the weights were finite, the first layer of the network that gives something that is not; where they were not, the layer whose gradient
 * had broken them, or the first one that is broken. Null where it cannot be told: dropout may have had a part in it.
 */
async function firstLayer(run: Run, failing: Failing): Promise<string | null> {
  const engine = await anotherEngine(run);
  try {
    await takeAgain(run, engine, failing);
    const broken = firstBroken(run, engine.readState());
    if (broken !== null) return failing.suspect ?? broken;
    const { epoch, failed } = failing;
    const { layers } = run.preparation.network;
    for (const samples of batchesOf(samplesOf(run, failing, failed), run.recipe.batch)) {
      engine.evaluate({ part: 'train', samples, statistics: 'batch', augment: { epoch } });
      const found = layers.find(({ name }) => !allFinite(engine.readOutputs(name)));
      if (found !== undefined) return found.name;
    }
    return failing.suspect;
  } finally {
    engine.dispose();
  }
}

async function anotherEngine({ preparation, threads, options }: Run): Promise<Engine> {
  const spec = preparation.engineSpec(threads);
  return options.engine === undefined ? createEngine(spec, { verdicts: options.verdicts, everyLayer: true }) : options.engine(spec);
}

/** Brings a new engine to where the run stood before its failing step. Without a start the run began in this epoch, as a new engine does. */
async function takeAgain(run: Run, engine: Engine, failing: Failing): Promise<void> {
  const { position, epochStart } = run;
  const { epoch, first, failed, rates } = failing;
  if (epochStart !== null) engine.writeState(epochStart);
  for (let i = first; i < failed; i++) {
    engine.trainStep({ samples: samplesOf(run, failing, i), epoch, step: position.step - failed + i, learningRate: rates[i]! });
    await run.turn();
  }
}

/** Of a step of the epoch, which may be several batches. */
function samplesOf({ preparation: { imagesPerStep } }: Run, { order }: Failing, i: number): Uint32Array {
  return order.subarray(i * imagesPerStep, (i + 1) * imagesPerStep);
}

/** The first layer of the network with a weight that is not finite. */
function firstBroken({ preparation }: Run, { parameters }: EngineState): string | null {
  return preparation.network.parameters.find(({ name }) => !allFinite(parameters.get(name)!))?.layer ?? null;
}

function allFinite(values: Float32Array | null): boolean {
  return values === null || values.every(Number.isFinite);
}
