// Metrics of states after the fact: what the run itself recorded comes out again, to the bit, whichever engine evaluates.
import { describe, expect, test } from 'vitest';
import type { Engine, EngineSpec } from '../../../trainer/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { metricTask } from '../../../trainer/metrics/index.ts';
import { dataset } from '../recorded.ts';
import { epochs, measured, recipe, reference } from './states.ts';

const classOf = (label: number) => dataset.classes[label]!;

describe.each(epochs)('epoch $epoch', (at) => {
  test('accuracy by class is the diagonal of the recorded confusion over its rows', async () => {
    const { confusion } = at.recorded;
    const expected = confusion.map((row, label) => [classOf(label), row[label]! / row.reduce((sum, count) => sum + count, 0)]);
    expect(await measured(reference(), 'perClassAccuracy', { at })).toEqual(Object.fromEntries(expected));
  });

  test('loss without augmentation is the recorded one', async () => {
    expect(await measured(reference(), 'loss', { at, augment: [] })).toEqual(at.recorded.validation);
  });
});

test.each([1, 2])('generated kernels on %s threads say what the reference says, of every metric and part', async (threads) => {
  const generated = reference({ engine: undefined as never, threads });
  const truth = reference();
  for (const part of ['train', 'validation', 'test'] as const) {
    for (const name of ['perClassAccuracy', 'calibrationError', 'loss', 'activationStatistics']) {
      expect(await measured(generated, name, { part }), `${name}, ${part}`).toEqual(await measured(truth, name, { part }));
    }
  }
  generated.dispose();
});

test('metrics of one state share what they evaluate, and each state is written once', async () => {
  const [evaluations, writes] = [[] as number[], [] as number[]];
  const watched = (spec: EngineSpec): Engine => {
    const engine = createReferenceEngine(spec);
    return {
      ...engine,
      evaluate(evaluation) {
        evaluations.push(evaluation.samples.length);
        return engine.evaluate(evaluation);
      },
      writeState(state) {
        writes.push(state.parameters.size);
        engine.writeState(state);
      },
    };
  };
  const measuring = reference({ engine: watched });
  for (const at of epochs) {
    await measured(measuring, 'perClassAccuracy', { at });
    await measured(measuring, 'calibrationError', { at });
    await measured(measuring, 'loss', { at, augment: [] });
  }
  expect(evaluations).toEqual([16, 4, 16, 4]);
  expect(writes).toHaveLength(2);
});

test('says how far it is, and stops between batches', async () => {
  const seen: string[] = [];
  await measured(reference({ progress: (done, images) => seen.push(`${done}/${images}`) }), 'perClassAccuracy');
  expect(seen).toEqual(['16/20', '20/20']);
  const signal = { aborted: false };
  const stopping = reference({ signal, progress: () => Object.assign(signal, { aborted: true }) });
  await expect(measured(stopping, 'perClassAccuracy')).rejects.toMatchObject({ name: 'AbortError' });
});

test('an unknown metric, and a policy for one that has no use for it, are refused', () => {
  expect(() => metricTask('calibrationErorr', 'test', { augment: [] }, false)).toThrow(
    expect.objectContaining({ code: 'metric.unknown', help: expect.stringContaining('calibrationError') }),
  );
  expect(() => metricTask('perClassAccuracy', 'test', { augment: [] }, true)).toThrow(
    expect.objectContaining({ code: 'metric.augment', help: expect.stringContaining('loss') }),
  );
  expect(metricTask('loss', 'test', { augment: recipe.augment }, false).settings).toEqual({ augment: recipe.augment });
});
