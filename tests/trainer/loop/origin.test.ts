// Going on from a checkpoint: stopped at any step, a run ends with the facts of one that never stopped.
import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, type Fact, fingerprintOf, parseRecipe, train } from '../../../trainer/index.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { everyOptimizer } from '../everyOptimizer.ts';
import { dataset, ofType, record, tickingClock, watched } from '../recorded.ts';
import { isStopFact, originOf, stopAfter, withoutTimes } from '../resuming.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const changes = { epochs: 3, record: { stepsPerEpoch: 'every', parameters: true } };

describe('a run that was stopped and goes on', async () => {
  const unbroken = await record(changes);
  // The ninth step is the last one: stopped then, a run ends as it would have.
  const steps = 8;

  test.each(Array.from({ length: steps }, (_, i) => i + 1))('after step %i yields what an unbroken one does', async (step) => {
    const before = await record(changes, stopAfter(step));
    const line = before.filter(({ type }) => type !== 'RunStopped');
    const after = await record(changes, { from: originOf(line) });
    expect(withoutTimes([...line, ...after]).filter((fact) => !isStopFact(fact as Fact))).toEqual(withoutTimes(unbroken));
    expect(fingerprintOf([...line, ...after])).toBe(fingerprintOf(unbroken));
  });

  test('from the last checkpoint of any epoch, on the generated engine too', async () => {
    const ends = unbroken.flatMap((fact, index) => (fact.type === 'CheckpointTaken' && fact.data.reason === 'last' ? [index + 1] : []));
    expect(ends).toHaveLength(3);
    for (const end of ends) {
      const line = unbroken.slice(0, end);
      const rest: Fact[] = [];
      for await (const fact of train(parseRecipe({ ...tinyRecipe, ...changes }), dataset, {
        clock: tickingClock(),
        version: '0.0.0',
        threads: 2,
        from: originOf(line),
      })) {
        rest.push(fact);
      }
      expect(withoutTimes(rest)).toEqual(withoutTimes(unbroken.slice(end)));
    }
  });

  test('twice in one epoch', async () => {
    const first = (await record(changes, stopAfter(4))).filter(({ type }) => type !== 'RunStopped');
    const second = (await record(changes, { ...stopAfter(5), from: originOf(first) })).filter(({ type }) => type !== 'RunStopped');
    const line = [...first, ...second];
    const third = await record(changes, { from: originOf(line) });
    expect(fingerprintOf([...line, ...third])).toBe(fingerprintOf(unbroken));
  });

  test('and is stopped again before a step keeps the place', async () => {
    const first = (await record(changes, stopAfter(4))).filter(({ type }) => type !== 'RunStopped');
    const nothing = await record(changes, { signal: { aborted: true }, from: originOf(first) });
    expect(nothing.map(({ type }) => type)).toEqual(['CheckpointTaken', 'RunStopped']);
    expect(decodeCheckpoint(ofType(nothing, 'CheckpointTaken')[0]!.blob)).toEqual(originOf(first).checkpoint);
  });

  test('without the state of its best epoch is refused', async () => {
    const worse = watched(({ evaluate }, { train }) => ({
      evaluate: (task) => ({ ...evaluate(task), predictions: Uint32Array.from(task.samples, (i) => (train.labels[i]! + 1) % 4) }),
    }));
    // No epoch is better than the first, where nothing is right.
    const line = (await record(changes, { ...stopAfter(7), engine: worse })).filter(({ type }) => type !== 'RunStopped');
    const [failed] = await record(changes, { from: { ...originOf(line), best: null } });
    expect(failed).toMatchObject({ type: 'RunFailed', data: { code: 'checkpoint.best' } });
  });
});

test.each(everyOptimizer)('in mid-run with $type, on another engine, it ends in the fingerprint of an unbroken one', async (optimizer) => {
  const settings = { epochs: 2, optimizer, clip: { norm: 1 } };
  const unbroken = await record(settings, { engine: createWasmEngine });
  for (const step of [1, 4]) {
    const line = (await record(settings, stopAfter(step))).filter(({ type }) => type !== 'RunStopped');
    const after = await record(settings, { from: originOf(line), engine: createWasmEngine });
    expect(fingerprintOf([...line, ...after])).toBe(fingerprintOf(unbroken));
  }
});

test('what a failing run says of its layer does not depend on a stop in between', async () => {
  /** The gradient breaks in step 4, the loss in step 5. */
  const breaking = (signal?: { aborted: boolean }) =>
    watched(({ trainStep }) => ({
      trainStep(task) {
        const results = trainStep(task);
        if (task.step === 4) {
          results.squaredGradients[2] = Number.NaN;
          if (signal) signal.aborted = true;
        }
        if (task.step === 5) results.losses[0] = Number.NaN;
        return results;
      },
    }));
  const unbroken = await record(changes, { engine: breaking() });
  const signal = { aborted: false };
  const line = (await record(changes, { engine: breaking(signal), signal })).filter(({ type }) => type !== 'RunStopped');
  const after = await record(changes, { engine: breaking(), from: originOf(line) });
  expect(unbroken.at(-1)).toMatchObject({ type: 'RunFailed', data: { step: 5, layer: 'batchNorm2d.1' } });
  expect(after.at(-1)!.data).toEqual(unbroken.at(-1)!.data);
});

describe('a run that begins at the checkpoint of another', async () => {
  const parent = await record({ epochs: 2 });
  const end = parent.findIndex(({ type, data }) => type === 'CheckpointTaken' && (data as { reason: string }).reason === 'last') + 1;
  const origin = { ...originOf(parent.slice(0, end)), line: [] };

  test('has a record of its own from there on', async () => {
    const fork = await record({ epochs: 3, schedule: { type: 'constant' }, optimizer: { type: 'adam', lr: 0.001 } }, { from: origin });
    expect(fork[0]!.type).toBe('RunStarted');
    expect(ofType(fork, 'EpochMeasured').map(({ data }) => data.epoch)).toEqual([2, 3]);
    expect(ofType(fork, 'LearningRateChanged')[0]!.data).toMatchObject({ epoch: 2, step: 4, from: null, to: 0.001 });
    expect(ofType(fork, 'RunCompleted')[0]!.data.fingerprint).toBe(fingerprintOf(fork));
  });

  test('with the same settings learns the same', async () => {
    const fork = await record({ epochs: 2 }, { from: origin });
    expect(ofType(fork, 'EpochMeasured')[0]!.data).toEqual(ofType(parent, 'EpochMeasured')[1]!.data);
  });

  test('and has another network is refused with the parameter that does not fit', async () => {
    const network = [...tinyRecipe.network.slice(0, -3), { linear: 9 }, { linear: 'classes' }];
    const recipe = parseRecipe({ ...tinyRecipe, network });
    const facts: Fact[] = [];
    const options = { clock: tickingClock(), version: '0.0.0', engine: createReferenceEngine, from: origin };
    for await (const fact of train(recipe, dataset, options)) facts.push(fact);
    expect(facts).toHaveLength(1);
    expect(facts[0]).toMatchObject({
      type: 'RunFailed',
      data: { code: 'checkpoint.mismatch', message: 'linear.1.weight has 768 values in the checkpoint and has 576 values in the network' },
    });
  });
});
