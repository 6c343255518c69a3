import { describe, expect, test } from 'vitest';
import { createFingerprint, type Fact, type FingerprintedFact, fingerprintOf } from '../../../trainer/index.ts';
import { ofType, record } from '../recorded.ts';

const facts = await record({ record: { parameters: true } });
const whole = fingerprintOf(facts);

/** As the ledger gives a fact back: keys sorted, arrays as bytes, `measured` gone. */
function stored({ type, data, ...rest }: Fact): FingerprintedFact {
  const sort = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sort);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sort(inner)]),
    );
  };
  const arrays = 'arrays' in rest ? new Uint8Array(rest.arrays.buffer, rest.arrays.byteOffset, rest.arrays.byteLength) : null;
  return { type, data: sort(data), arrays: arrays && Uint8Array.from(arrays) };
}

/** Every way to change one leaf of `data`, with its path. */
function* changes(value: unknown, path: string): Generator<[path: string, changed: unknown]> {
  if (typeof value === 'number') yield [path, value + 1];
  else if (typeof value === 'string') yield [path, `${value}x`];
  else if (typeof value === 'boolean') yield [path, !value];
  else if (Array.isArray(value)) {
    for (const [i, inner] of value.entries()) for (const [at, changed] of changes(inner, `${path}[]`)) yield [at, value.with(i, changed)];
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      for (const [at, changed] of changes(inner, `${path}.${key}`)) yield [at, { ...value, [key]: changed }];
    }
  }
}

describe('what enters a fingerprint', () => {
  test('the facts alone give what the run reported, also as the ledger stores them', () => {
    expect(whole).toBe(ofType(facts, 'RunCompleted')[0]!.data.fingerprint);
    expect(fingerprintOf(facts.map(stored))).toBe(whole);
  });

  test('every number and hash of the facts, and nothing of a recipe but seed and arithmetic', () => {
    const without = new Set<string>();
    for (const [index, fact] of facts.entries()) {
      for (const [path, data] of changes(fact.data, fact.type)) {
        if (path.includes('.arrays')) continue;
        const changed = facts.with(index, { ...fact, data } as Fact);
        if (fingerprintOf(changed) === whole) without.add(path.replace(/recipe\.(?!seed|arithmetic).*/, 'recipe.*'));
      }
    }
    expect([...without].sort()).toEqual([
      'CheckpointTaken.bytes',
      'CheckpointTaken.epoch',
      'CheckpointTaken.reason',
      'CheckpointTaken.sha256',
      'CheckpointTaken.step',
      'LearningRateChanged.schedule',
      'LearningRateChanged.why',
      'RunCompleted.fingerprint',
      'RunStarted.classes[]',
      'RunStarted.flopsPerSample',
      'RunStarted.layers[].flops',
      'RunStarted.layers[].input[]',
      'RunStarted.layers[].kind',
      'RunStarted.layers[].name',
      'RunStarted.layers[].output[]',
      'RunStarted.layers[].parameters',
      'RunStarted.recipe.*',
    ]);
  });

  test('every value of every array', () => {
    for (const [index, fact] of facts.entries()) {
      if (!('arrays' in fact)) continue;
      for (let i = 0; i < fact.arrays.length; i++) {
        const arrays = fact.arrays.slice();
        arrays[i]! += 1;
        expect(fingerprintOf(facts.with(index, { ...fact, arrays })), `${fact.type} ${i}`).not.toBe(whole);
      }
    }
  });
});

describe('what leaves no trace', () => {
  test('fields and arrays that facts gain later, and what a machine measured', () => {
    const later = facts.map((fact) => {
      const grown = { ...fact, data: { ...fact.data, later: 1 }, measured: { seconds: 99 } };
      if (!('arrays' in fact)) return grown;
      const { length } = fact.arrays;
      const arrays = new Float32Array(length + 1);
      arrays.set(fact.arrays);
      const index = { ...fact.data.arrays, later: { offset: length, shape: [1] } };
      return { ...grown, data: { ...grown.data, arrays: index }, arrays };
    });
    expect(fingerprintOf(later)).toBe(whole);
  });

  test('checkpoints, stops and the events of the application', () => {
    const foreign = { type: 'RunQueued', data: { epoch: 1 } };
    const stop = { type: 'RunStopped', data: { epoch: 1, step: 3, by: 'user', why: 'asked to stop' } };
    const line = facts.filter(({ type }) => type !== 'CheckpointTaken');
    expect(fingerprintOf([foreign, ...line.slice(0, 4), stop, ...line.slice(4)])).toBe(whole);
  });

  test('the payload of a NaN', () => {
    const one = (value: Float32Array) =>
      fingerprintOf([
        {
          type: 'BatchNormMeasured',
          data: { epoch: 1, arrays: Object.fromEntries(names.map((name) => [name, { offset: 0, shape: [1] }])) },
          arrays: value,
        },
      ]);
    const names = ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'].map((name) => `batchNorm2d.1/${name}`);
    expect(one(new Float32Array(Uint32Array.of(0xffc12345).buffer))).toBe(one(Float32Array.of(Number.NaN)));
  });
});

describe('until an epoch', () => {
  test('it ends where the facts of that epoch end', () => {
    const second = facts.findIndex(({ data }) => 'epoch' in data && data.epoch === 2);
    expect(fingerprintOf(facts, { untilEpoch: 1 })).toBe(fingerprintOf(facts.slice(0, second)));
    expect(fingerprintOf(facts, { untilEpoch: 2 })).toBe(whole);
  });

  test('a longer run has it too', async () => {
    const longer = await record({ record: { parameters: true }, epochs: 3 });
    expect(fingerprintOf(longer, { untilEpoch: 1 })).toBe(fingerprintOf(facts, { untilEpoch: 1 }));
  });
});

test('a fingerprint can be read on the way', () => {
  const fingerprint = createFingerprint();
  for (const [i, fact] of facts.entries()) {
    fingerprint.add(fact);
    expect(fingerprint.digest()).toBe(fingerprintOf(facts.slice(0, i + 1)));
  }
});
