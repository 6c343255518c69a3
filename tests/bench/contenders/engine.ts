// The engine of this project as a contender: whole training steps, or evaluations, of one network on random images.
import type { Engine, EngineSpec } from '../../../trainer/engine.ts';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { prepare } from '../../../trainer/prepare.ts';
import { type Contender, callsPerSecond } from '../measure/sampling.ts';
import { benchRecipe, type RecipeOptions, randomDataSet, shapeOf } from '../networks.ts';

/** Optimised code needs a few milliseconds a kernel. */
const WARM_UP_SECONDS = 0.4;

export interface EngineOptions extends RecipeOptions {
  threads: number;
  mode?: 'train' | 'evaluate';
}

export interface EngineContender extends Contender {
  /** One training step of one image. */
  flopsPerSample: number;
}

export function benchSpec(options: RecipeOptions, threads: number): EngineSpec {
  return prepare(benchRecipe(options), randomDataSet(shapeOf(options.network))).engineSpec(threads);
}

/** Batches in order through the training images, so that every image comes from memory. */
function batches({ batch, train }: EngineSpec): Uint32Array[] {
  return Array.from({ length: Math.floor(train.count / batch) }, (_, i) => Uint32Array.from({ length: batch }, (_, k) => i * batch + k));
}

/** Rate in images a second. Throws where the recipe asks for what does not exist. */
export function engineContender(name: string, { threads, mode = 'train', ...options }: EngineOptions): EngineContender {
  const spec = benchSpec(options, threads);
  const engine: Engine = createEngine(spec);
  const order = batches(spec);
  let step = 0;
  const run = (): void => {
    const samples = order[step % order.length]!;
    step++;
    if (mode === 'train') engine.trainStep({ samples, epoch: 1, step, learningRate: 0.001 });
    else engine.evaluate({ part: 'train', samples, statistics: 'running' });
  };
  let warm = false;
  return {
    name,
    flopsPerSample: spec.network.flopsPerSample,
    measure(seconds) {
      if (!warm) callsPerSecond(WARM_UP_SECONDS, run);
      warm = true;
      return callsPerSecond(seconds, run) * spec.batch;
    },
    dispose: () => engine.dispose(),
  };
}
