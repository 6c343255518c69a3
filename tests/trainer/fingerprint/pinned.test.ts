// The bits of a small run, pinned. If this fails, an order of summation, a draw or a polynomial has changed: raise `numerics`
// (docs/numerics.md) and pin anew, or find the mistake. It fails the same way on every machine.
import { describe, expect, test } from 'vitest';
import type { EngineSpec, TrainOptions } from '../../../trainer/index.ts';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { ofType, record } from '../recorded.ts';
import { blocksRecipe, elementwiseRecipe } from '../syntheticDataSet.ts';

const plain = {
  fused: '85010efb6772971ac4e7f961d25a9b16e682a660d297004f4ec965391806e71d',
  strict: 'b1305ce3099ff2b78be4f7f6857802acf1d720947a476a3d56550b5e271ad830',
};

const blocks = {
  fused: '532bd9562ed991f611dae3e2e3fdd9791e6664718bc0cf2b510e233554f61148',
  strict: '78af611a8a95a5022c0cee3b91ec075929745b586d46b71d3c00c3be164721e8',
};

const elementwise = {
  fused: '5dcc55389cdce06372cb5e59949ae65e7e92965595e5f92fa0cf1b2197ec6321',
  strict: '8d216f0e178e02983daa12bf7bac2552222202042090bdc33505b145ddb56e33',
};

describe.each([
  { network: 'the tiny network', changes: {}, pinned: plain },
  { network: 'residual blocks, GELU, average pooling', changes: blocksRecipe, pinned: blocks },
  { network: 'norms, activations and pooling of every kind', changes: elementwiseRecipe, pinned: elementwise },
])('$network', ({ changes, pinned }) => {
  describe.each(['fused', 'strict'] as const)('%s', (arithmetic) => {
    const fingerprint = async (options: Partial<TrainOptions>) => {
      const facts = await record({ ...changes, arithmetic }, options);
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
      for (const threads of [1, 2, 1])
        expect(await fingerprint({ engine: (spec) => createEngine(spec), threads })).toBe(pinned[arithmetic]);
    });
  });
});
