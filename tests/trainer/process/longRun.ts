// A program for the test beside it: one epoch of 10,000 steps on two threads, and how much memory is in use after the 1,000th and the last.
// Run with --expose-gc; prints one line of JSON.
import { type Engine, parseRecipe, train } from '../../../trainer/index.ts';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { syntheticDataSet } from '../syntheticDataSet.ts';

const steps = 10_000;
const dataset = syntheticDataSet({ shape: { channels: 1, height: 4, width: 4 }, classes: 2, train: 2 * steps + 8, test: 4 });
const recipe = parseRecipe({
  dataset: 'synthetic',
  split: { train: 2 * steps, validation: 8 },
  network: [{ conv2d: { out: 2, kernel: 3, padding: 'same' } }, 'batchNorm2d', 'relu', { maxPool2d: 2 }, 'flatten', { linear: 'classes' }],
  optimizer: { type: 'adam', lr: 0.001 },
  augment: [{ randomCrop: 1 }, 'horizontalFlip'],
  batch: 2,
  epochs: 1,
});

interface Use {
  heap: number;
  arrayBuffers: number;
}

function inUse(): Use {
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, arrayBuffers };
}

const uses: Use[] = [];
const measured = (engine: Engine): Engine => ({
  ...engine,
  trainStep(step) {
    const results = engine.trainStep(step);
    if (step.step === 1_000 || step.step === steps) uses.push(inUse());
    return results;
  },
});

for await (const fact of train(recipe, dataset, {
  clock: () => performance.now(),
  version: '0.0.0',
  threads: 2,
  engine: (spec) => measured(createEngine(spec)),
})) {
  if (fact.type === 'RunFailed') throw new Error(fact.data.message);
}
const [early, late] = uses as [Use, Use];
console.log(JSON.stringify({ heap: late.heap - early.heap, arrayBuffers: late.arrayBuffers - early.arrayBuffers }));
