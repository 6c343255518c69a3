import { describe, expect, test } from 'vitest';
import type { EpochMeasured, Fact, StepsMeasured, TrainOptions } from '../../../trainer/index.ts';
import { dataset, ofType, record, tickingClock, watched } from '../recorded.ts';

const facts = await record();
const types = facts.map(({ type }) => type);

/** One named series of a block. */
function series({ data, arrays }: StepsMeasured, name: string): number[] {
  const { offset, shape } = data.arrays[name]!;
  return [...arrays.subarray(offset, offset + shape[0]!)];
}

const all = (facts: Fact[], name: string) => ofType(facts, 'StepsMeasured').flatMap((block) => series(block, name));

describe('the facts of a run', () => {
  test('come in order: each epoch its rate, its steps, its measures, its checkpoints', () => {
    const epoch = [
      'LearningRateChanged',
      'StepsMeasured',
      'StepsMeasured',
      'StepsMeasured',
      'EpochMeasured',
      'BatchNormMeasured',
      'CheckpointTaken',
      'CheckpointTaken',
    ];
    expect(types).toEqual(['RunStarted', ...epoch, ...epoch, 'RunCompleted']);
  });

  test('RunStarted says what was trained on what', () => {
    const [{ data, measured }] = ofType(facts, 'RunStarted') as [ReturnType<typeof ofType<'RunStarted'>>[0]];
    expect(data).toMatchObject({
      numerics: 1,
      datasetFingerprint: dataset.fingerprint,
      samples: { train: 40, validation: 20, test: 20 },
      stepsPerEpoch: 3,
      parameterCount: 4 * 27 + 4 + 8 + 12 * 64 + 12 + 4 * 12 + 4,
    });
    expect(data.layers[0]).toEqual({
      name: 'conv2d.1',
      kind: 'conv2d',
      input: [3, 8, 8],
      output: [4, 8, 8],
      parameters: 112,
      flops: 4 * 64 * 4 * 27,
    });
    expect(measured).toMatchObject({ runledger: '0.0.0', backend: 'reference', threads: 1 });
  });

  test('the rate is told at the start and where the schedule changes it', () => {
    expect(ofType(facts, 'LearningRateChanged').map(({ data }) => data)).toEqual([
      { epoch: 1, step: 1, from: null, to: 0.01, schedule: 'stepLR', why: 'start' },
      { epoch: 2, step: 4, from: 0.01, to: 0.005, schedule: 'stepLR', why: 'times 0.5 every epoch' },
    ]);
    expect(all(facts, 'learningRate')).toEqual([0.01, 0.01, 0.01, 0.005, 0.005, 0.005].map(Math.fround));
  });

  test('a constant rate is told once', async () => {
    expect(ofType(await record({ schedule: 'constant' }), 'LearningRateChanged')).toHaveLength(1);
  });

  test('a run that is trained twice gives the same facts, whatever the clock says', async () => {
    const again = await record({}, { clock: () => 0 });
    const lasting = (list: Fact[]) => list.map(({ measured: _, ...fact }) => fact);
    expect(lasting(again)).toEqual(lasting(facts));
  });
});

describe('what an epoch measures', () => {
  test('training metrics are means over its samples, as trained', async () => {
    const losses: number[] = [];
    const engine = watched(({ trainStep }) => ({
      trainStep(step) {
        const results = trainStep(step);
        losses.push(...results.losses);
        return results;
      },
    }));
    const [first] = ofType(await record({ epochs: 1 }, { engine }), 'EpochMeasured') as [EpochMeasured];
    expect(losses).toHaveLength(40);
    expect(first.data.train.loss).toBe(losses.reduce((sum, loss) => sum + loss, 0) / 40);
  });

  test('confusion counts every validation image once, in the row of its class', () => {
    for (const { data } of ofType(facts, 'EpochMeasured')) {
      const counts = data.confusion.flat();
      const diagonal = data.confusion.reduce((sum, row, i) => sum + row[i]!, 0);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
      expect(data.validation.accuracy).toBe(diagonal / 20);
    }
  });

  test('a network without batch normalization has no batch statistics', async () => {
    const plain = await record({ network: { simpleCnn: { batchNorm: false, width: 2 } } });
    expect(ofType(plain, 'BatchNormMeasured')).toEqual([]);
    expect(ofType(plain, 'EpochMeasured').map(({ data }) => data.validationBatchStatistics)).toEqual([null, null]);
    expect(ofType(facts, 'EpochMeasured').every(({ data }) => data.validationBatchStatistics !== null)).toBe(true);
  });

  test('parameters are measured where the recipe asks', async () => {
    const [measured] = ofType(await record({ epochs: 1, record: { parameters: true } }), 'ParametersMeasured');
    const { offset, shape } = measured!.data.arrays['conv2d.1.weight/weightHistogram']!;
    const counts = measured!.arrays.subarray(offset, offset + shape[0]!);
    expect(shape).toEqual([32]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(108);
    const { min, mean, max, std } = measured!.data.parameters['conv2d.1.weight']!.weight;
    expect(min < mean && mean < max && std > 0).toBe(true);
    expect(Object.keys(measured!.data.parameters)).toHaveLength(8);
  });

  test('gradient norms a layer add up to the norm of the last step', () => {
    const { data } = ofType(facts, 'EpochMeasured')[1]!;
    const total = Math.sqrt(Object.values(data.layerGradientNorms).reduce((sum, norm) => sum + norm * norm, 0));
    expect(total).toBeCloseTo(all(facts, 'gradientNorm').at(-1)!, 6);
  });
});

describe('points and blocks of steps', () => {
  const steps = (list: Fact[]) => ofType(list, 'StepsMeasured').map(({ data }) => [data.firstStep, data.lastStep, data.steps]);

  test('every step on request, in four blocks an epoch', async () => {
    const every = await record({ batch: 4, epochs: 1, record: { stepsPerEpoch: 'every' } });
    expect(steps(every)).toEqual([
      [1, 3, [1, 2, 3]],
      [4, 5, [4, 5]],
      [6, 8, [6, 7, 8]],
      [9, 10, [9, 10]],
    ]);
  });

  test('a point of several steps carries their mean, smallest and largest loss', async () => {
    const options = { batch: 4, epochs: 1 };
    const every = all(await record({ ...options, record: { stepsPerEpoch: 'every' } }), 'lossMean');
    const grouped = await record({ ...options, record: { stepsPerEpoch: 4 } });
    expect(steps(grouped).map(([, , ends]) => ends)).toEqual([[3], [5], [8], [10]]);
    const groups = [every.slice(0, 3), every.slice(3, 5), every.slice(5, 8), every.slice(8, 10)];
    expect(all(grouped, 'lossMin')).toEqual(groups.map((group) => Math.min(...group)));
    expect(all(grouped, 'lossMax')).toEqual(groups.map((group) => Math.max(...group)));
    for (const [i, group] of groups.entries()) {
      expect(all(grouped, 'lossMean')[i]).toBeCloseTo(group.reduce((sum, loss) => sum + loss, 0) / group.length, 6);
    }
  });

  test('each array has memory of its own, so that posting a fact copies no other', () => {
    for (const { arrays } of ofType(facts, 'StepsMeasured')) expect(arrays.buffer.byteLength).toBe(arrays.byteLength);
  });
});

test('the last, smaller batch is trained at its own size, and dropped only where the recipe says so', async () => {
  const sizes: number[] = [];
  const engine: TrainOptions['engine'] = watched(({ trainStep }) => ({
    trainStep(step) {
      sizes.push(step.samples.length);
      return trainStep(step);
    },
  }));
  await record({ epochs: 1 }, { engine });
  expect(sizes.splice(0)).toEqual([16, 16, 8]);
  await record({ epochs: 1, dropLast: true }, { engine });
  expect(sizes).toEqual([16, 16]);
});

test('progress is told at most ten times a second', async () => {
  let now = 0;
  const told: number[] = [];
  const progress: TrainOptions['progress'] = ({ step, epochs, stepsPerEpoch, loss }) => {
    told.push(step);
    expect([epochs, stepsPerEpoch, loss > 0]).toEqual([2, 10, true]);
  };
  // Every step takes 40 ms.
  const engine = watched(({ trainStep }) => ({
    trainStep(step) {
      now += 40;
      return trainStep(step);
    },
  }));
  await record({ batch: 4 }, { clock: () => now, progress, engine });
  expect(told).toEqual([3, 6, 9, 13, 16, 19]);
  told.length = 0;
  await record({ batch: 4 }, { clock: tickingClock(), progress });
  expect(told).toHaveLength(20);
});
