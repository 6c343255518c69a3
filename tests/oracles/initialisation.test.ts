// Initial values against torch.nn.init: what each scheme draws for which shape, and the schemes that draw nothing or turn what is drawn.
import { describe, expect, test } from 'vitest';
import { layerFamilies } from '../../trainer/layers/index.ts';
import { weightInit } from '../../trainer/layers/init.ts';
import type { Parameter } from '../../trainer/network.ts';
import { normalQuantile } from '../../trainer/numbers/quantile.ts';
import { initialValues } from '../../trainer/random/initial.ts';
import { orthogonal } from '../../trainer/random/orthogonal.ts';
import { readItems } from '../../trainer/recipe/items.ts';
import type { Layer } from '../../trainer/recipe.ts';
import { load, type Tensor } from './fixtures.ts';

interface Handed {
  shape: number[];
  groups?: number;
  values: number[];
}

const fixture = load<{
  schemes: { init: Record<string, unknown>; shape: number[]; drawn: Record<string, Record<string, number>> }[];
  dirac: Handed[];
  identity: Handed[];
  orthogonal: { normals: Tensor; values: number[] }[];
  quantiles: { p: number[]; x: number[] };
}>('grid/initialisation');

/** The settings as a layer's canonical form has them. */
function read(kind: 'conv2d' | 'linear', settings: object) {
  return (readItems(layerFamilies, [{ [kind]: settings }], 'layer', 'network')[0] as Extract<Layer, { kind: 'conv2d' | 'linear' }>).init;
}

const parameterOf = (shape: number[], init: Parameter['init']): Parameter => ({
  ...{ name: 'conv2d.1.weight', layer: 'conv2d.1', role: 'weight', shape, init },
  count: shape.reduce((product, length) => product * length, 1),
});

test.each(fixture.schemes.map((one) => [JSON.stringify(one.init), one.shape.join(' × '), one] as const))(
  'init %s of a weight of %s',
  (_, __, { init, shape, drawn }) => {
    const scheme = shape.length === 4 ? read('conv2d', { out: 1, kernel: 1, init }) : read('linear', { out: 1, init });
    const [[kind, settings]] = Object.entries(weightInit(scheme, shape)) as [[string, Record<string, number>]];
    const [[wantedKind, wanted]] = Object.entries(drawn) as [[string, Record<string, number>]];
    expect([kind, Object.keys(settings)]).toEqual([wantedKind, Object.keys(wanted)]);
    for (const [key, value] of Object.entries(wanted))
      expect(Math.abs(settings[key]! - value)).toBeLessThanOrEqual(1e-15 * Math.abs(value));
  },
);

describe('what is handed on', () => {
  test.each(fixture.dirac)('conv2d init dirac, $shape, groups $groups', ({ shape, groups = 1, values }) => {
    const init = weightInit(read('conv2d', { out: 1, kernel: 1, init: 'dirac' }), shape, groups);
    expect([...initialValues(1, parameterOf(shape, init))]).toEqual(values);
  });
  test.each(fixture.identity)('linear init identity, $shape', ({ shape, values }) => {
    expect([...initialValues(1, parameterOf(shape, weightInit(read('linear', { out: 1, init: 'identity' }), shape)))]).toEqual(values);
  });
});

test.each(fixture.orthogonal)('init orthogonal turns a normal matrix of $normals.shape as torch does', ({ normals, values }) => {
  const [rows, columns] = normals.shape as [number, number];
  const got = orthogonal(rows, columns, Float64Array.from(normals.values, Math.fround));
  for (const [i, value] of values.entries()) expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(1e-10);
});

test('normal quantiles', () => {
  for (const [i, p] of fixture.quantiles.p.entries()) {
    const x = fixture.quantiles.x[i]!;
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(x)));
  }
});
