// Every preset trains: one epoch of 128 images of each built-in shape, on the engine that trains, to a finite loss.
import { describe, expect, test } from 'vitest';
import { parseRecipe, train } from '../../../trainer/index.ts';
import { presets } from '../../../trainer/presets/index.ts';
import { ofType, tickingClock } from '../recorded.ts';
import { syntheticDataSet, tinyRecipe } from '../syntheticDataSet.ts';

const shapes = [
  { name: 'MNIST and Fashion-MNIST', shape: { channels: 1, height: 28, width: 28 } },
  { name: 'CIFAR-10', shape: { channels: 3, height: 32, width: 32 } },
];

describe.each(shapes)('images of $name', ({ shape }) => {
  const dataset = syntheticDataSet({ shape, classes: 10, train: 144, test: 16 });

  test.each(Object.keys(presets))('%s', { timeout: 120_000 }, async (network) => {
    const split = { train: 128, validation: 16 };
    const recipe = parseRecipe({ ...tinyRecipe, network, augment: [], split, batch: 32, epochs: 1 });
    const facts = [];
    for await (const fact of train(recipe, dataset, { clock: tickingClock(), version: '0.0.0' })) facts.push(fact);
    expect(ofType(facts, 'RunFailed')).toEqual([]);
    const [completed] = ofType(facts, 'RunCompleted');
    expect(completed!.data.steps).toBe(4);
    expect(Number.isFinite(completed!.data.final.train.loss)).toBe(true);
  });
});
