// Which layer a failing run names: the one where numbers first stopped being finite, forward values first.
import { describe, expect, test } from 'vitest';
import { type Fact, parseRecipe, type TrainOptions, train } from '../../../trainer/index.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { dataset, ofType, record, tickingClock, watched } from '../recorded.ts';
import { originOf, stopAfter } from '../resuming.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const ending = (facts: Fact[]) => facts.at(-1) as Extract<Fact, { type: 'RunFailed' }>;

/** On the generated engine. */
async function generated(changes: object, options: Partial<TrainOptions> = {}): Promise<Fact[]> {
  const facts: Fact[] = [];
  const recipe = parseRecipe({ ...tinyRecipe, ...changes });
  for await (const fact of train(recipe, dataset, { clock: tickingClock(), version: '0.0.0', threads: 2, ...options })) facts.push(fact);
  return facts;
}

const parent = await record({ epochs: 1 });

/** A run from a state in which one parameter is so large that what its layer gives is not finite. */
function overflowing(parameter: string) {
  const origin = originOf(parent.slice(0, -1));
  origin.checkpoint.state.parameters.set(
    parameter,
    origin.checkpoint.state.parameters.get(parameter)!.map(() => 3e38),
  );
  return { ...origin, line: [] };
}

describe.each([
  ['conv2d.1.weight', 'conv2d.1'],
  ['batchNorm2d.1.weight', 'batchNorm2d.1'],
  ['linear.1.weight', 'linear.1'],
  ['linear.2.weight', 'linear.2'],
])('activations that overflow because of %s', (parameter, layer) => {
  test('are found in that layer, by any engine', async () => {
    const facts = await record({ epochs: 3 }, { from: overflowing(parameter) });
    expect(ending(facts)).toMatchObject({ type: 'RunFailed', data: { code: 'train.nonFinite', epoch: 2, step: 4, layer } });
    expect(ending(await generated({ epochs: 3 }, { from: overflowing(parameter) })).data).toEqual(ending(facts).data);
  });
});

/** The rate leaps at the fifth step: weights stay finite, what they give does not. */
const leap = {
  optimizer: { type: 'sgd', lr: 1e-3 },
  schedule: { type: 'multiStepLR', milestones: [4], gamma: 1e34, per: 'step' },
  epochs: 3,
};

describe('weights that a step made too large', () => {
  test('are found in the next step, in the first layer that gives no finite values, by any engine', async () => {
    const facts = await record(leap);
    const { data } = ending(facts);
    expect(data).toMatchObject({ code: 'train.nonFinite', help: expect.stringContaining('--set optimizer.lr=0.0001') });
    expect(data.layer).not.toBeNull();
    expect(ending(await generated(leap)).data).toEqual(data);
  });

  test('are named the same after a stop in between', async () => {
    const facts = await record(leap);
    const { step } = ending(facts).data;
    expect(step).toBeGreaterThan(2);
    for (let stop = 1; stop < step; stop++) {
      const line = (await record(leap, stopAfter(stop))).filter(({ type }) => type !== 'RunStopped');
      const after = await record(leap, { from: originOf(line) });
      expect(ending(after).data).toEqual(ending(facts).data);
    }
  });
});

test('the look takes the epoch’s steps again on an engine of its own, and disposes of it', async () => {
  const engines: { steps: number[]; disposed: number }[] = [];
  const engine = watched(({ trainStep, dispose }) => {
    const own = { steps: [] as number[], disposed: 0 };
    engines.push(own);
    return {
      trainStep(task) {
        own.steps.push(task.step);
        const results = trainStep(task);
        if (task.step === 6) results.losses[0] = Number.NaN;
        return results;
      },
      dispose() {
        own.disposed++;
        dispose();
      },
    };
  });
  const facts = await record({ epochs: 3 }, { engine });
  // Nothing is wrong but what the test says of the loss: no layer can be named.
  expect(ending(facts)).toMatchObject({ type: 'RunFailed', data: { step: 6, layer: null } });
  expect(engines).toEqual([
    { steps: [1, 2, 3, 4, 5, 6], disposed: 1 },
    { steps: [4, 5], disposed: 1 },
  ]);
});

test('a machine without room for another engine says the same of the failure, but for the layer', async () => {
  let made = 0;
  const engine: TrainOptions['engine'] = (spec) => {
    made += 1;
    if (made > 1) throw new RangeError('no memory');
    return createReferenceEngine(spec);
  };
  const { data } = ending(await record(leap, { engine }));
  const { code, epoch, step } = ending(await record(leap)).data;
  expect(data).toMatchObject({ code, epoch, step, layer: null });
});

test('a good run makes one engine', async () => {
  let made = 0;
  const engine: TrainOptions['engine'] = (spec) => {
    made += 1;
    return createReferenceEngine(spec);
  };
  await record({}, { engine });
  expect(made).toBe(1);
});

test('the advice under oneCycleLR is about its own rate', async () => {
  const facts = await record({ optimizer: { type: 'sgd' }, schedule: { type: 'oneCycleLR', maxLr: 1e34 } });
  expect(ofType(facts, 'RunFailed')[0]!.data.help).toContain('--set schedule.maxLr=1e+33');
});
