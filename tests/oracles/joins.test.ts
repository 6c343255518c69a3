// Layers that join, forward and backward against PyTorch: small networks whose first layer shows the gradient of the join's input.
import { describe, expect, test } from 'vitest';
import { createModel } from '../../trainer/kernels/reference/model.ts';
import { layerFamilies } from '../../trainer/layers/index.ts';
import { resolveNetwork } from '../../trainer/network.ts';
import { readItems } from '../../trainer/recipe/items.ts';
import type { Layer } from '../../trainer/recipe.ts';
import { allNumbers, canonical, expectValues, input, load, mapsOf, stored, type Tensor } from './fixtures.ts';

/** As grid/joins.py writes it. */
interface JoinCase {
  title: string;
  network: unknown[];
  x: Tensor;
  parameters: Record<string, Tensor>;
  dy: Tensor;
  /** y, and the gradient of each parameter. */
  results: Record<string, Tensor>;
  terms: Record<string, number>;
  sums: Record<string, Tensor>;
}

const cases = load<JoinCase[]>('grid/joins');

describe.each(allNumbers)('$name', (numbers) => {
  test.each(cases)('$title', ({ network: written, x, parameters, dy, results, terms, sums }) => {
    const end = dy.shape.length === 4 ? ['flatten'] : [];
    const layers = readItems(layerFamilies, [...written, ...end], 'layer', 'network') as Layer[];
    const [batch, ...outputs] = dy.shape as [number, ...number[]];
    const network = resolveNetwork(
      layers,
      mapsOf(x),
      outputs.reduce((product, length) => product * length, 1),
    );
    const { learned, forward, backward } = createModel(numbers, network, 1);
    expect([...learned.parameters.keys()]).toEqual(Object.keys(parameters));
    for (const [name, values] of learned.parameters) values.set(canonical(numbers, parameters[name]!));
    const samples = Uint32Array.from({ length: batch }, (_, i) => i);
    const pass = { batch, samples, epoch: 1, training: true, statistics: 'batch' } as const;

    const y = forward(input(numbers, x), pass);
    expectValues(numbers, y, stored(results.y!), terms.y!, Float64Array.from(stored(sums.y!)));
    backward(input(numbers, dy), pass);
    for (const [name, gradient] of learned.gradients) {
      expectValues(numbers, gradient, results[name]!.values, terms[name]!, Float64Array.from(sums[name]!.values));
    }
  });
});
