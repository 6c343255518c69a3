// Convolutions that nobody thought of: settings drawn at random, the generated kernels against the reference, byte for byte.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128, WASM_128_WIDE, WASM_256 } from '../../../trainer/kernels/tiles.ts';
import { layerFamilies } from '../../../trainer/layers/index.ts';
import { type Network, resolveNetwork } from '../../../trainer/network.ts';
import { readItems } from '../../../trainer/recipe/items.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import { tinySpec } from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

const sides = (from: number, to: number) =>
  fc.oneof(fc.integer({ min: from, max: to }), fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to })));

/** Filters and groups of `channels` channels in one of the ways to write them. */
const grouping = (channels: number) => {
  const divisors = Array.from({ length: channels }, (_, i) => i + 1).filter((groups) => channels % groups === 0);
  return fc.oneof(
    fc.record({ depthwise: fc.record({ multiplier: fc.constantFrom(1, 1, 2, 3) }) }),
    fc
      .record({ groups: fc.constantFrom(1, ...divisors), filters: fc.constantFrom(1, 2, 3, 16, 20) })
      .map(({ groups, filters }) => ({ groups, out: groups * filters })),
  );
};

const cases = fc.constantFrom(1, 3, 8, 17, 18, 32, 36).chain((channels) =>
  fc.record({
    channels: fc.constant(channels),
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    grouping: grouping(channels),
    window: fc.oneof(
      { weight: 4, arbitrary: fc.record({ kernel: sides(1, 4), stride: sides(1, 3), padding: sides(0, 3), dilation: sides(1, 3) }) },
      { weight: 1, arbitrary: fc.record({ kernel: sides(1, 5), padding: fc.constant('same'), dilation: sides(1, 2) }) },
    ),
    more: fc.record({ paddingMode: fc.constantFrom('zeros', 'reflect'), bias: fc.boolean() }),
    arithmetic: fc.constantFrom('fused' as const, 'strict' as const),
    options: fc.record({ merge: fc.boolean(), target: fc.constantFrom(WASM_128, WASM_128_WIDE, WASM_256) }),
  }),
);

/** Null where the settings do not fit the maps. */
function networkOf({ channels, size, grouping, window, more }: typeof cases extends fc.Arbitrary<infer T> ? T : never): Network | null {
  const layers = [{ conv2d: { out: channels, kernel: 3, padding: 1 } }, { conv2d: { ...grouping, ...window, ...more } }];
  try {
    return resolveNetwork(
      readItems(layerFamilies, [...layers, 'flatten', { linear: 'classes' }], 'layer', 'network') as Layer[],
      [2, ...size],
      3,
    );
  } catch {
    return null;
  }
}

test('random settings, sizes, arithmetics and plans', () => {
  let held = 0;
  fc.assert(
    fc.property(cases, (drawn) => {
      const network = networkOf(drawn);
      if (network === null || network.parameterCount > 30_000) return;
      held++;
      const spec = tinySpec(network, { batch: 3, arithmetic: drawn.arithmetic });
      const engine = createWasmEngine(spec, drawn.options);
      expectSameRuns(engine, createReferenceEngine(spec), spec, [3, 2]);
      engine.dispose();
    }),
    { seed: 6, numRuns: 60, endOnFailure: true },
  );
  expect(held).toBeGreaterThan(25);
});
