// Two variants of an ablation differ in what is ablated and in nothing else: order, crops, masks and initial values are shared.
import { expect, test } from 'vitest';
import type { AugmentStep, TrainStep } from '../../../trainer/index.ts';
import { record, watched } from '../recorded.ts';

interface Trace {
  steps: Pick<TrainStep, 'samples' | 'epoch' | 'step' | 'learningRate'>[];
  augment: AugmentStep[];
  seed: number;
  dropouts: string[];
  initial: Map<string, Float32Array>;
}

async function trace(batchNorm: boolean): Promise<Trace> {
  let traced: Trace | undefined;
  const engine = watched(({ trainStep, readState }, spec) => {
    const dropouts = spec.network.layers.filter(({ layer }) => layer.kind === 'dropout').map(({ name }) => name);
    const steps: Trace['steps'] = [];
    traced = { steps, augment: spec.augment, seed: spec.seed, dropouts, initial: readState().parameters };
    return {
      trainStep(step) {
        steps.push({ ...step, samples: step.samples.slice() });
        return trainStep(step);
      },
    };
  });
  await record({ network: { simpleCnn: { batchNorm, width: 2 } } }, { engine });
  return traced!;
}

test('with and without batch normalization', async () => {
  const [bn, plain] = [await trace(true), await trace(false)];
  // The same images in the same steps at the same rates; crops and masks follow from seed, name, epoch and image.
  expect(plain.steps).toEqual(bn.steps);
  expect(plain.steps).toHaveLength(6);
  expect([plain.seed, plain.augment, plain.dropouts]).toEqual([bn.seed, bn.augment, bn.dropouts]);
  expect(plain.dropouts).toEqual(['dropout.1']);
  for (const [name, values] of plain.initial) expect(bn.initial.get(name), name).toEqual(values);
  expect([...bn.initial.keys()].filter((name) => !plain.initial.has(name))).toEqual([
    'batchNorm2d.1.weight',
    'batchNorm2d.1.bias',
    'batchNorm2d.2.weight',
    'batchNorm2d.2.bias',
  ]);
});

test('epochs and seeds have orders of their own', async () => {
  const { steps } = await trace(true);
  const epoch = (n: number) => steps.filter((step) => step.epoch === n).flatMap(({ samples }) => [...samples]);
  expect(epoch(1)).not.toEqual(epoch(2));
  expect(epoch(1).sort()).toEqual(epoch(2).sort());
});
