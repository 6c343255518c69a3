import { expect, test } from 'vitest';
import type { Engine } from '../../../trainer/engine.ts';
import { decodeCheckpoint, encodeCheckpoint, parseRecipe } from '../../../trainer/index.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { prepare } from '../../../trainer/prepare.ts';
import { epochOrder } from '../../../trainer/random/draws.ts';
import { everyOptimizer } from '../everyOptimizer.ts';
import { dataset, ofType, record } from '../recorded.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

test.each(everyOptimizer)('an engine that goes on from a checkpoint ends with the bits of one that never stopped: %j', (optimizer) => {
  const recipe = parseRecipe({ ...tinyRecipe, optimizer });
  const preparation = prepare(recipe, dataset);
  const order = epochOrder(recipe.seed, 1, preparation.split.train);
  const engineAfter = (steps: number[], engine = createReferenceEngine(preparation.engineSpec(1))) => {
    for (const step of steps) engine.trainStep({ samples: order.slice((step - 1) * 16, step * 16), epoch: 1, step, learningRate: 0.01 });
    return engine;
  };
  const place = { epoch: 1, best: null, progress: null, suspect: null };
  const uninterrupted = engineAfter([1, 2, 3]);
  const { bytes: blob } = encodeCheckpoint({ ...place, step: 2, state: engineAfter([1, 2]).readState() });

  const resumed = createReferenceEngine(preparation.engineSpec(1));
  resumed.writeState(decodeCheckpoint(blob).state);
  engineAfter([3], resumed);
  const bytesOf = (engine: typeof resumed) => encodeCheckpoint({ ...place, step: 3, state: engine.readState() });
  expect(bytesOf(resumed)).toEqual(bytesOf(uninterrupted));
});

test('an average over all batches goes on counting', () => {
  const network = ['flatten', { linear: 12 }, { batchNorm1d: { momentum: null } }, 'relu', { linear: 'classes' }];
  const recipe = parseRecipe({ ...tinyRecipe, network });
  const spec = prepare(recipe, dataset).engineSpec(1);
  const place = { epoch: 1, best: null, progress: null, suspect: null };
  const train = (engine: Engine, steps: number[]) => {
    for (const step of steps) engine.trainStep({ samples: Uint32Array.of(step, 9, 4, 7), epoch: 1, step, learningRate: 0.01 });
    return engine;
  };
  const bytesOf = (engine: Engine, step: number) => encodeCheckpoint({ ...place, step, state: engine.readState() }).bytes;
  for (const create of [createReferenceEngine, createWasmEngine]) {
    const resumed = create(spec);
    resumed.writeState(decodeCheckpoint(bytesOf(train(create(spec), [1, 2]), 2)).state);
    expect(resumed.readState().batchNorm.get('batchNorm1d.1')!.batchesTracked).toBe(2);
    expect(bytesOf(train(resumed, [3]), 3)).toEqual(bytesOf(train(createReferenceEngine(spec), [1, 2, 3]), 3));
  }
});

test('the checkpoint of a finished epoch holds its weights, its place and the best so far', async () => {
  const facts = await record();
  const epochs = ofType(facts, 'EpochMeasured');
  const last = ofType(facts, 'CheckpointTaken').filter(({ data }) => data.reason === 'last');
  expect(last.map(({ data }) => [data.epoch, data.step])).toEqual([
    [1, 3],
    [2, 6],
  ]);
  for (const [i, { blob, data }] of last.entries()) {
    const { state, ...place } = decodeCheckpoint(blob);
    expect(data.bytes).toBe(blob.length);
    expect(place).toMatchObject({ epoch: i + 1, step: 3 * (i + 1), progress: null, best: { epoch: epochs[i]!.data.best.epoch } });
    expect([...state.optimizer.keys()]).toContain('conv2d.1.weight/m');
    expect([...state.batchNorm.keys()]).toEqual(['batchNorm2d.1']);
  }
});
