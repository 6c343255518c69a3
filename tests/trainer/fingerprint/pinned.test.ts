// The bits of a small run, pinned. If this fails, an order of summation, a draw or a polynomial has changed: raise `numerics`
// (docs/numerics.md) and pin anew, or find the mistake. It fails the same way on every machine.
import { describe, expect, test } from 'vitest';
import type { EngineSpec, TrainOptions } from '../../../trainer/index.ts';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { ofType, record } from '../recorded.ts';

const pinned = {
  fused: '85010efb6772971ac4e7f961d25a9b16e682a660d297004f4ec965391806e71d',
  strict: 'b1305ce3099ff2b78be4f7f6857802acf1d720947a476a3d56550b5e271ad830',
};

describe.each(['fused', 'strict'] as const)('%s', (arithmetic) => {
  const fingerprint = async (options: Partial<TrainOptions>) => {
    const facts = await record({ arithmetic }, options);
    expect(ofType(facts, 'RunFailed')).toEqual([]);
    return ofType(facts, 'RunCompleted')[0]!.data.fingerprint;
  };

  test.each([
    ['wasm', (spec: EngineSpec) => createEngine(spec)],
    ['reference', createReferenceEngine],
  ] as const)('%s engine', async (_, engine) => {
    expect(await fingerprint({ engine })).toBe(pinned[arithmetic]);
  });

  test('generated kernels, again and on one and two threads', async () => {
    for (const threads of [1, 2, 1]) expect(await fingerprint({ engine: (spec) => createEngine(spec), threads })).toBe(pinned[arithmetic]);
  });
});
