// Every layer with every option against PyTorch, forward and backward: the cases of fixtures/grid that have a layer.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bindLayer } from '../../trainer/kernels/reference/layers/index.ts';
import type { Learned, Statistics } from '../../trainer/kernels/reference/layers/layer.ts';
import { layerFamilies } from '../../trainer/layers/index.ts';
import { resolveNetwork } from '../../trainer/network.ts';
import { readItems } from '../../trainer/recipe/items.ts';
import type { Layer } from '../../trainer/recipe.ts';
import { allNumbers, canonical, expectValues, input, load, mapsOf, stored, type Tensor } from './fixtures.ts';

/** As grid/_case.py writes it. */
interface LayerCase {
  title: string;
  /** An entry of a recipe. */
  layer: unknown;
  x: Tensor;
  parameters: Record<string, Tensor>;
  /** Running statistics before the pass, of a layer that has them. */
  statistics?: { runningMean: Tensor; runningVariance: Tensor; batchesTracked?: number };
  dy: Tensor;
  /**
   * y, dx, and the gradient of each parameter by its role; running statistics behind the pass; `evaluated` is y of the same x in evaluation,
   * after it.
   */
  results: Record<string, Tensor>;
  terms: Record<string, number>;
  sums: Record<string, Tensor | number>;
}

const folder = new URL('./fixtures/grid/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'manifest.json');
const cases = files.flatMap((file) => {
  const content = load<unknown>(`grid/${file.slice(0, -'.json'.length)}`);
  return Array.isArray(content) ? (content as LayerCase[]).filter((entry) => 'layer' in entry) : [];
});

describe.each(allNumbers)('$name', (numbers) => {
  test.each(cases)('$title', ({ layer: written, x, parameters, statistics, dy, results, terms, sums }) => {
    const [layer] = readItems(layerFamilies, [written], 'layer', 'network') as [Layer];
    const end = readItems(layerFamilies, ['flatten', { linear: 'classes' }], 'layer', 'network') as Layer[];
    const resolved = resolveNetwork([layer, ...end], mapsOf(x), 2).layers[0]!;
    const byName = <T>(of: Record<string, Tensor>, make: (tensor: Tensor) => T) =>
      new Map(Object.entries(of).map(([role, tensor]) => [`${layer.name}.${role}`, make(tensor)]));
    expect([...byName(parameters, ({ shape }) => shape)]).toEqual(resolved.parameters.map(({ name, shape }) => [name, shape]));
    const learned: Learned = {
      parameters: byName(parameters, (tensor) => canonical(numbers, tensor)),
      gradients: byName(parameters, ({ values }) => numbers.allocate(values.length)),
      batchNorm: new Map(statistics && [[layer.name, statisticsOf(statistics)]]),
    };
    const bound = bindLayer({ numbers, seed: 1, layer, resolved, maps: mapsOf(x), otherMaps: [], learned });
    const batch = x.shape[0]!;
    const pass = {
      batch,
      samples: Uint32Array.from({ length: batch }, (_, i) => i),
      epoch: 1,
      training: true,
      statistics: 'batch',
    } as const;

    // A vector that was maps before a flatten keeps their order.
    const ordered = (tensor: Tensor): Tensor => (tensor.shape.length === 2 ? { ...tensor, shape: [batch, ...bound.maps] } : tensor);
    const held = (name: string, got: ArrayLike<number>) => {
      const sum = sums[name]!;
      const magnitudes = typeof sum === 'number' ? sum : Float64Array.from(stored(ordered(sum)));
      expectValues(numbers, got, stored(ordered(results[name]!)), terms[name]!, magnitudes);
    };
    const after = learned.batchNorm.get(layer.name);
    held('y', bound.forward(input(numbers, x), pass, []));
    held('dx', bound.backward(input(numbers, ordered(dy)), pass, true)!);
    for (const role of Object.keys(parameters)) {
      const { values } = results[role]!;
      const sum = sums[role]!;
      const got = learned.gradients.get(`${layer.name}.${role}`)!;
      expectValues(numbers, got, values, terms[role]!, typeof sum === 'number' ? sum : Float64Array.from(sum.values));
    }
    for (const key of ['runningMean', 'runningVariance'] as const) if (results[key]) held(key, after![key]);
    if (results.evaluated) held('evaluated', bound.forward(input(numbers, x), { ...pass, training: false, statistics: 'running' }, []));
  });

  function statisticsOf({ runningMean, runningVariance, batchesTracked }: NonNullable<LayerCase['statistics']>): Statistics {
    const zeros = () => numbers.allocate(runningMean.values.length);
    return {
      runningMean: canonical(numbers, runningMean),
      runningVariance: canonical(numbers, runningVariance),
      batchMean: zeros(),
      batchVariance: zeros(),
      ...(batchesTracked !== undefined && { batchesTracked }),
    };
  }
});
