// Initial values follow docs/numerics.md word for word, and have the distribution they claim.
import { describe, expect, test } from 'vitest';
import { layerFamilies } from '../../../trainer/layers/index.ts';
import { type Parameter, resolveNetwork } from '../../../trainer/network.ts';
import { normalQuantile } from '../../../trainer/numbers/quantile.ts';
import { initialValues } from '../../../trainer/random/initial.ts';
import { fillWords, streamKey } from '../../../trainer/random/philox.ts';
import { readItems } from '../../../trainer/recipe/items.ts';
import type { Layer } from '../../../trainer/recipe.ts';

function parameter(name: string, shape: number[], init: Parameter['init']): Parameter {
  return { name, layer: name, role: 'weight', shape, count: shape.reduce((product, length) => product * length, 1), init };
}

function wordsOf(seed: number, name: string, count: number): Uint32Array {
  const words = new Uint32Array(count);
  fillWords(streamKey(seed, 'init', name), 0, 0, words);
  return words;
}

/** Mean of the k-th powers. */
function moment(values: ArrayLike<number>, k: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    let power = 1;
    for (let n = 0; n < k; n++) power *= values[i]!;
    sum += power;
  }
  return sum / values.length;
}

describe('uniform', () => {
  test.each([[{ fanIn: 10 }, 1 / Math.sqrt(10)] as const, [{ bound: 0.3 }, 0.3] as const])(
    'values of %j come from word i of the parameter’s own stream',
    (uniform, bound) => {
      const values = initialValues(3, parameter('linear.1.weight', [2, 3], { uniform }));
      const words = wordsOf(3, 'linear.1.weight', 6);
      for (let i = 0; i < 6; i++) expect(values[i]).toBe(Math.fround((2 * (words[i]! >>> 8) * 2 ** -24 - 1) * bound));
    },
  );

  test('are uniform in ±1/√fanIn', () => {
    const values = initialValues(1, parameter('linear.1.weight', [100_000], { uniform: { fanIn: 16 } }));
    for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(0.25);
    // Standard errors of mean and mean square of 100,000 uniform draws are 0.00046 and 0.000059.
    expect(Math.abs(moment(values, 1))).toBeLessThan(0.002);
    expect(Math.abs(moment(values, 2) - 0.0625 / 3)).toBeLessThan(0.0003);
  });
});

describe('normal', () => {
  test('values come from word i of the parameter’s own stream', () => {
    const values = initialValues(3, parameter('conv2d.1.weight', [6], { normal: { std: 0.2 } }));
    const words = wordsOf(3, 'conv2d.1.weight', 6);
    for (let i = 0; i < 6; i++) expect(values[i]).toBe(Math.fround(normalQuantile(((words[i]! >>> 8) + 0.5) / 2 ** 24) * 0.2));
  });

  test('are normal: mean, variance, third and fourth moment, tails', () => {
    const values = initialValues(1, parameter('conv2d.1.weight', [100_000], { normal: { std: 2 } })).map((value) => value / 2);
    // Four standard errors of 100,000 draws: of the powers 1 to 4 these are √(1, 2, 15, 96) / 316.
    expect(Math.abs(moment(values, 1))).toBeLessThan(0.0127);
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(0.0179);
    expect(Math.abs(moment(values, 3))).toBeLessThan(0.049);
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(0.124);
    const beyond = values.filter((value) => Math.abs(value) > 1.959964).length;
    expect(Math.abs(beyond - 5000)).toBeLessThan(4 * Math.sqrt(5000));
  });

  test('is symmetric, and finite for every word', () => {
    for (const half of [0, 1, 77, 2 ** 23 - 1]) {
      expect(normalQuantile((half + 0.5) / 2 ** 24)).toBe(-normalQuantile((2 ** 24 - 1 - half + 0.5) / 2 ** 24));
    }
    expect(normalQuantile(0.5 / 2 ** 24)).toBeCloseTo(-5.419983, 5);
  });
});

describe('orthogonal', () => {
  test.each([[[24, 24]], [[40, 16]], [[8, 3, 3, 3]], [[32, 2, 3, 3]]])('%j: its rows or columns are orthonormal', (shape) => {
    const gain = 1.5;
    const values = initialValues(2, parameter('conv2d.1.weight', shape, { orthogonal: { gain } }));
    const [rows, columns] = [shape[0]!, values.length / shape[0]!];
    const at = (row: number, column: number) => values[row * columns + column]! / gain;
    const [count, length, entry] = rows < columns ? [rows, columns, at] : [columns, rows, (a: number, k: number) => at(k, a)];
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let k = 0; k < length; k++) product += entry(a, k) * entry(b, k);
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
  });

  test('the first vector points where the draws do', () => {
    const normals = initialValues(2, parameter('w', [5, 3], { normal: { std: 1 } }));
    const values = initialValues(2, parameter('w', [5, 3], { orthogonal: { gain: 1 } }));
    const first = [0, 3, 6, 9, 12];
    const length = Math.sqrt(first.reduce((sum, i) => sum + normals[i]! * normals[i]!, 0));
    for (const i of first) expect(Math.abs(values[i]! - normals[i]! / length)).toBeLessThan(1e-6);
  });
});

test('a constant', () => {
  expect([...initialValues(1, parameter('batchNorm2d.1.weight', [3], { constant: 1 }))]).toEqual([1, 1, 1]);
});

describe('what a recipe says', () => {
  const initsOf = (...written: unknown[]) =>
    resolveNetwork(
      readItems(layerFamilies, [...written, 'flatten', { linear: 'classes' }], 'layer', 'network') as Layer[],
      [4, 8, 8],
      2,
    ).layers[0]!.parameters.map(({ init }) => init);
  const conv = { out: 4, kernel: 3 };

  test('a scheme is the weight’s; a bias begins as PyTorch lets it', () => {
    expect(initsOf({ conv2d: { ...conv, init: { type: 'constant', val: 0.5 } } })).toEqual([{ constant: 0.5 }, { uniform: { fanIn: 36 } }]);
    expect(initsOf({ conv2d: { ...conv, init: 'zeros', bias: false } })).toEqual([{ constant: 0 }]);
    expect(initsOf({ conv2d: { ...conv, init: 'dirac', groups: 2, bias: false } })).toEqual([{ dirac: { groups: 2 } }]);
    expect(initsOf({ conv2d: { ...conv, init: 'orthogonal', bias: false } })).toEqual([{ orthogonal: { gain: 1 } }]);
    expect(initsOf({ conv2d: { ...conv, init: 'xavierNormal', groups: 4, bias: false } })).toEqual([
      { normal: { std: Math.sqrt(2 / (9 + 36)) } },
    ]);
  });

  test('batch norm: gamma from 1, or from 0', () => {
    expect(initsOf('batchNorm2d')).toEqual([{ constant: 1 }, { constant: 0 }]);
    expect(initsOf({ batchNorm2d: { init: 'zero' } })).toEqual([{ constant: 0 }, { constant: 0 }]);
  });

  test('nothing said is nothing written', () => {
    const [linear, norm] = readItems(layerFamilies, [{ linear: 3 }, 'batchNorm2d'], 'layer', 'network');
    expect(linear).toEqual({ kind: 'linear', name: 'linear.1', out: 3, bias: true });
    expect(norm).toEqual({ kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 });
    const [short] = readItems(layerFamilies, [{ linear: { out: 3, init: 'kaimingNormal' } }], 'layer', 'network') as [Layer];
    const [long] = readItems(layerFamilies, [short], 'layer', 'network');
    expect(short).toMatchObject({ init: { type: 'kaimingNormal', mode: 'fanIn', nonlinearity: 'leakyRelu', a: 0 } });
    expect(long).toEqual(short);
  });
});
