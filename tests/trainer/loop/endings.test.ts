import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, type Engine, type Fact, parseRecipe, RunledgerError, train } from '../../../trainer/index.ts';
import { dataset, ofType, record, tickingClock, watched } from '../recorded.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const ending = (facts: Fact[]) => facts.at(-1)!;

/** Engines that count how often they are made and disposed of. */
function counted(change: Parameters<typeof watched>[0] = () => ({})) {
  const count = { made: 0, disposed: 0 };
  const engine = watched((inner, spec) => {
    count.made++;
    return {
      ...change(inner, spec),
      dispose() {
        count.disposed++;
        inner.dispose();
      },
    };
  });
  return { count, engine };
}

/** Aborts at the given step, counted from 1 over the run. */
function stopAfter(step: number, reason?: unknown) {
  const signal = { aborted: false, reason };
  const engine = watched(({ trainStep }) => ({
    trainStep(task) {
      if (task.step === step) signal.aborted = true;
      return trainStep(task);
    },
  }));
  return { signal, engine };
}

describe('a completed run', () => {
  /** Validation accuracy a epoch is made to measure: the first `right` of ten images are predicted rightly. */
  function scripted(rightByEpoch: number[]) {
    let epoch = 0;
    return watched(({ trainStep, evaluate }) => ({
      trainStep(step) {
        epoch = step.epoch;
        return trainStep(step);
      },
      evaluate(task) {
        const results = evaluate(task);
        if (task.part === 'test') return results;
        const labels = Uint32Array.from(task.samples, (sample) => dataset.train.labels[sample]!);
        return { ...results, predictions: labels.map((label, i) => (i < rightByEpoch[epoch - 1]! ? label : (label + 1) % 4)) };
      },
    }));
  }

  test('is judged by the best epoch; of equal ones the earliest', async () => {
    const facts = await record({ epochs: 3, batch: 20 }, { engine: scripted([5, 8, 8]) });
    expect(ofType(facts, 'EpochMeasured').map(({ data }) => data.best)).toEqual([
      { epoch: 1, validationAccuracy: 0.25 },
      { epoch: 2, validationAccuracy: 0.4 },
      { epoch: 2, validationAccuracy: 0.4 },
    ]);
    const checkpoints = ofType(facts, 'CheckpointTaken');
    expect(checkpoints.map(({ data }) => [data.epoch, data.reason])).toEqual([
      [1, 'best'],
      [1, 'last'],
      [2, 'best'],
      [2, 'last'],
      [3, 'last'],
    ]);
    expect(checkpoints[0]!.data.sha256).toBe(checkpoints[1]!.data.sha256);
  });

  test('tests the last weights and the best ones, each by their own', async () => {
    const facts = await record({ epochs: 3, batch: 20 }, { engine: scripted([5, 8, 8]) });
    const shorter = await record({ epochs: 2, batch: 20 }, { engine: scripted([5, 8]) });
    const [completed] = ofType(facts, 'RunCompleted');
    const [reference] = ofType(shorter, 'RunCompleted');
    expect(completed!.data.best.test).toEqual(reference!.data.final.test);
    expect(completed!.data.final.test).not.toEqual(completed!.data.best.test);
    expect(completed!.data.weightsSha256).toBe(ofType(facts, 'EpochMeasured')[2]!.data.weightsSha256);
    expect(completed!.data).toMatchObject({ epochs: 3, steps: 6, best: { epoch: 2 } });
  });
});

describe('a stopped run', () => {
  test('in mid-epoch keeps a checkpoint with what the epoch has summed up', async () => {
    const { signal, engine } = stopAfter(5, { by: 'signal', why: 'Ctrl-C' });
    const facts = await record({}, { signal, engine });
    expect(facts.slice(-2).map(({ type }) => type)).toEqual(['CheckpointTaken', 'RunStopped']);
    expect(ending(facts)).toMatchObject({ data: { epoch: 2, step: 5, by: 'signal', why: 'Ctrl-C' } });
    const [checkpoint] = ofType(facts, 'CheckpointTaken').slice(-1);
    expect(checkpoint!.data).toMatchObject({ epoch: 2, step: 5, reason: 'stop' });
    expect(decodeCheckpoint(checkpoint!.blob)).toMatchObject({ epoch: 2, step: 5, progress: { sums: { steps: 2, samples: 32 } } });
  });

  test('at the end of an epoch has measured it', async () => {
    const { signal, engine } = stopAfter(3);
    const facts = await record({}, { signal, engine });
    expect(ofType(facts, 'EpochMeasured')).toHaveLength(1);
    expect(ending(facts)).toMatchObject({ type: 'RunStopped', data: { epoch: 1, step: 3, by: 'user', why: 'asked to stop' } });
    expect(decodeCheckpoint(ofType(facts, 'CheckpointTaken').at(-1)!.blob).progress).toBeNull();
  });

  test('asked while it evaluates finishes the epoch, and keeps it whole', async () => {
    const signal = { aborted: false };
    const engine = watched(({ evaluate }) => ({
      evaluate(task) {
        signal.aborted = true;
        return evaluate(task);
      },
    }));
    const facts = await record({}, { signal, engine });
    const whole = await record({ epochs: 1 });
    expect(ofType(facts, 'EpochMeasured').map(({ data }) => data)).toEqual(ofType(whole, 'EpochMeasured').map(({ data }) => data));
    expect(ending(facts)).toMatchObject({ type: 'RunStopped', data: { epoch: 1, step: 3 } });
    expect(decodeCheckpoint(ofType(facts, 'CheckpointTaken').at(-1)!.blob)).toMatchObject({ epoch: 1, step: 3, progress: null });
  });

  test('before the first step has not trained', async () => {
    const facts = await record({}, { signal: AbortSignal.abort() });
    expect(facts.map(({ type }) => type)).toEqual(['RunStarted', 'CheckpointTaken', 'RunStopped']);
    expect(ending(facts)).toMatchObject({ data: { epoch: 0, step: 0 } });
  });

  test('asked after its last step it completes', async () => {
    const { signal, engine } = stopAfter(6);
    expect(ending(await record({}, { signal, engine })).type).toBe('RunCompleted');
  });

  test('hears a message while it trains', async () => {
    const controller = new AbortController();
    const engine = watched(({ trainStep }) => ({
      trainStep(step) {
        if (step.step === 2) setImmediate(() => controller.abort());
        return trainStep(step);
      },
    }));
    expect(ending(await record({}, { signal: controller.signal, engine }))).toMatchObject({ type: 'RunStopped', data: { step: 2 } });
  });
});

describe('a failed run', () => {
  test('says at which step the loss stopped being a number, and records that step', async () => {
    const facts = await record({ optimizer: { type: 'sgd', lr: 1e30 }, schedule: 'constant' });
    const { data } = ending(facts) as Extract<Fact, { type: 'RunFailed' }>;
    expect(data).toMatchObject({ code: 'train.nonFinite', epoch: 1, help: expect.stringContaining('--set optimizer.lr=1e+29') });
    expect(data.message).toMatch(/^loss became (NaN|infinite) at step \d \(epoch 1\), first in [\w.]+$/);
    const last = ofType(facts, 'StepsMeasured').at(-1)!;
    expect(last.data.lastStep).toBe(data.step);
    expect(Number.isFinite(last.arrays[last.data.steps.length - 1])).toBe(false);
  });

  test('names the layer whose gradient was the first to leave the finite numbers', async () => {
    const engine = watched(({ trainStep }) => ({
      trainStep(task) {
        const results = trainStep(task);
        // conv2d.1.weight, .bias, batchNorm2d.1.weight, … as they stand in the network.
        if (task.step === 1) results.squaredGradients.fill(Number.POSITIVE_INFINITY, 0, 3);
        if (task.step === 2) results.losses[0] = Number.NaN;
        return results;
      },
    }));
    expect(ending(await record({}, { engine }))).toMatchObject({ type: 'RunFailed', data: { step: 2, layer: 'batchNorm2d.1' } });
  });

  test.each([
    [
      new RunledgerError('engine.broken', 'no', { help: 'mend it', place: 'linear.1' }),
      { code: 'engine.broken', message: 'no', help: 'mend it', layer: 'linear.1' },
    ],
    [new RangeError('out of range'), { code: 'train.crashed', message: 'RangeError: out of range', help: null, layer: null }],
  ])('repeats what the engine threw: %s', async (error, data) => {
    const engine = watched(({ trainStep }) => ({
      trainStep(task): ReturnType<Engine['trainStep']> {
        if (task.step === 5) throw error;
        return trainStep(task);
      },
    }));
    expect(ending(await record({}, { engine }))).toMatchObject({ type: 'RunFailed', data: { ...data, epoch: 2, step: 5 } });
  });

  test('one whose engine does not start, or whose recipe does not fit, has no other fact', async () => {
    const engine = () => {
      throw new RunledgerError('engine.arithmetic', 'this host does not fuse', { help: '--set arithmetic=strict' });
    };
    expect(await record({}, { engine })).toMatchObject([{ type: 'RunFailed', data: { code: 'engine.arithmetic', epoch: 0, step: 0 } }]);
    expect(await record({ network: ['flatten'] })).toMatchObject([{ type: 'RunFailed', data: { code: 'recipe.shape' } }]);
  });
});

describe('the engine is disposed of once', () => {
  test('when a run completes, stops or fails', async () => {
    const { count, engine } = counted();
    await record({}, { engine });
    await record({}, { engine, signal: AbortSignal.abort() });
    await record({ optimizer: { type: 'sgd', lr: 1e30 } }, { engine });
    // The failing run looks for the layer on an engine of its own.
    expect(count).toEqual({ made: 4, disposed: 4 });
  });

  test('when the caller turns away', async () => {
    const { count, engine } = counted();
    const facts = train(parseRecipe(tinyRecipe), dataset, { clock: tickingClock(), version: '0.0.0', engine });
    for await (const fact of facts) if (fact.type === 'StepsMeasured') break;
    expect(count.disposed).toBe(1);
  });
});
