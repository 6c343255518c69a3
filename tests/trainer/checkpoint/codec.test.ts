import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../trainer/index.ts';

const floats = fc.float32Array({ maxLength: 20 });
const double = fc.double();
const names = fc.stringMatching(/^[a-z][\w./]{0,8}$/);
const sums = { steps: fc.nat(), samples: fc.nat(), correct: fc.nat(), loss: double, gradientNorm: double };
const list = fc.array(double, { maxLength: 4 });
const progress = fc.record({
  sums: fc.record(sums),
  point: fc.option(fc.record({ ...sums, lossMin: double, lossMax: double, step: fc.nat(), learningRate: double })),
  block: fc.option(
    fc.record({
      firstStep: fc.nat(),
      steps: fc.array(fc.nat()),
      series: fc.record({ lossMean: list, lossMin: list, lossMax: list, accuracy: list, learningRate: list, gradientNorm: list }),
    }),
  ),
});
const mapOf = <T>(values: fc.Arbitrary<T>) => fc.dictionary(names, values, { maxKeys: 4 }).map((object) => new Map(Object.entries(object)));
const series = { runningMean: floats, runningVariance: floats, batchMean: floats, batchVariance: floats };
const statistics = fc.record(
  { ...series, batchesTracked: fc.nat() },
  { requiredKeys: Object.keys(series) as (keyof typeof series)[], noNullPrototype: true },
);
const checkpoints: fc.Arbitrary<Checkpoint> = fc.record(
  {
    epoch: fc.nat(),
    step: fc.nat(),
    best: fc.option(
      fc.record(
        { epoch: fc.nat(), validation: fc.record({ loss: double, accuracy: double }, { noNullPrototype: true }) },
        { noNullPrototype: true },
      ),
    ),
    progress: fc.option(progress),
    suspect: fc.option(fc.string()),
    state: fc.record({
      parameters: mapOf(floats),
      optimizer: mapOf(floats),
      batchNorm: mapOf(statistics),
    }),
  },
  { noNullPrototype: true },
);

const example: Checkpoint = {
  epoch: 3,
  step: 120,
  best: { epoch: 2, validation: { loss: 0.5, accuracy: 0.75 } },
  progress: null,
  suspect: null,
  state: {
    parameters: new Map([['conv2d.1.weight', Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45)]]),
    optimizer: new Map([['conv2d.1.weight/m', Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5)]]),
    batchNorm: new Map(),
  },
};

test('counted batches stand in the header, and leave no trace where none are counted', () => {
  const header = (batchesTracked?: number) => {
    const series = {
      runningMean: Float32Array.of(1),
      runningVariance: Float32Array.of(2),
      batchMean: Float32Array.of(3),
      batchVariance: Float32Array.of(4),
    };
    const batchNorm = new Map([['n', { ...series, ...(batchesTracked !== undefined && { batchesTracked }) }]]);
    return Buffer.from(encodeCheckpoint({ ...example, state: { ...example.state, batchNorm } }).bytes).toString('latin1');
  };
  // Beyond what binary32 counts exactly.
  expect(header(2 ** 24 + 1)).toContain('"batchesTracked":{"n":16777217}');
  expect(header()).not.toContain('batchesTracked');
});

test('decoding gives back what was encoded, every bit of it', () => {
  fc.assert(
    fc.property(checkpoints, (checkpoint) => {
      expect(decodeCheckpoint(encodeCheckpoint(checkpoint).bytes)).toEqual(checkpoint);
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('bytes do not depend on the order of names, on the payload of a NaN, or on where they lie in memory', () => {
  const { state } = example;
  const { bytes, sha256 } = encodeCheckpoint({
    ...example,
    state: {
      ...state,
      optimizer: new Map([
        ['a', Float32Array.of(1)],
        ['b', Float32Array.of(2)],
      ]),
    },
  });
  const swapped = encodeCheckpoint({
    ...example,
    state: {
      ...state,
      optimizer: new Map([
        ['b', Float32Array.of(2)],
        ['a', Float32Array.of(1)],
      ]),
    },
  });
  expect(swapped).toEqual({ bytes, sha256 });
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));

  const payload = new Float32Array(Uint32Array.of(0xffc12345).buffer);
  const withNaN = (values: Float32Array) => encodeCheckpoint({ ...example, state: { ...state, parameters: new Map([['w', values]]) } });
  expect(withNaN(payload)).toEqual(withNaN(Float32Array.of(Number.NaN)));

  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeCheckpoint(shifted.subarray(3))).toEqual(decodeCheckpoint(bytes));
});

test('no damaged byte and no missing one goes unnoticed', () => {
  const { bytes } = encodeCheckpoint(example);
  for (let i = 0; i < bytes.length; i++) {
    const damaged = Uint8Array.from(bytes);
    damaged[i]! ^= 1;
    expect(() => decodeCheckpoint(damaged), `byte ${i}`).toThrow(expect.objectContaining({ code: 'checkpoint.damaged' }));
    expect(() => decodeCheckpoint(bytes.subarray(0, i)), `${i} bytes`).toThrow(expect.objectContaining({ code: 'checkpoint.damaged' }));
  }
});
