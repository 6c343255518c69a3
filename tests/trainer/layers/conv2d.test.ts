// What conv2d makes of its settings: one canonical form for every way to write the same, shapes, parameters, cost.
import { expect, test } from 'vitest';
import { axesOf, positionsOf } from '../../../trainer/layers/axis.ts';
import { layerFamilies } from '../../../trainer/layers/index.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { readItems } from '../../../trainer/recipe/items.ts';
import type { Layer } from '../../../trainer/recipe.ts';

const read = (settings: object) => readItems(layerFamilies, [{ conv2d: settings }], 'layer', 'network')[0] as Layer;
const plain = { kind: 'conv2d', name: 'conv2d.1', out: 4, kernel: 3, stride: 1, padding: 0, bias: true };

test.each([
  [{ out: 4, kernel: 3 }, plain],
  [{ out: 4, kernel: [3, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, paddingMode: 'zeros' }, plain],
  [{ out: 4, kernel: 3, padding: 'valid' }, plain],
  [
    { out: 4, kernel: 3, padding: 'same' },
    { ...plain, padding: 1 },
  ],
  [
    { out: 4, kernel: [3, 5], padding: 'same' },
    { ...plain, kernel: [3, 5], padding: [1, 2] },
  ],
  [
    { out: 4, kernel: 3, padding: 'same', dilation: 2 },
    { ...plain, padding: 2, dilation: 2 },
  ],
  [
    { out: 4, kernel: 2, padding: 'same', dilation: 2 },
    { ...plain, kernel: 2, padding: 1, dilation: 2 },
  ],
  // Nothing but its own name says that one more pixel comes at the end.
  [
    { out: 4, kernel: [3, 4], padding: 'same' },
    { ...plain, kernel: [3, 4], padding: 'same' },
  ],
  [
    { out: 4, kernel: 3, groups: 2, paddingMode: 'reflect' },
    { ...plain, groups: 2, paddingMode: 'reflect' },
  ],
  [
    { depthwise: {}, kernel: 3 },
    { kind: 'conv2d', name: 'conv2d.1', kernel: 3, stride: 1, padding: 0, bias: true, depthwise: { multiplier: 1 } },
  ],
])('%j', (written, canonical) => {
  expect(read(written)).toEqual(canonical);
  // A canonical layer reads as itself.
  const { kind: _, name: __, ...settings } = canonical as Record<string, unknown>;
  expect(read(settings)).toEqual(canonical);
});

test('same gives as many pixels as there are, whatever the kernel; the odd one comes at the end', () => {
  for (const kernel of [1, 2, 3, 4, 5, 8])
    for (const dilation of [1, 2, 3]) {
      const [axis] = axesOf({ kernel, stride: 1, padding: 'same', dilation });
      expect(positionsOf(9, axis)).toBe(9);
      expect(axis.after - axis.before).toBe((dilation * (kernel - 1)) % 2);
    }
});

test('groups and depthwise: filters, weights of the group alone, cost', () => {
  const network = resolveNetwork(
    readItems(
      layerFamilies,
      [
        { conv2d: { out: 12, kernel: [3, 5], groups: 3, bias: false } },
        { conv2d: { depthwise: { multiplier: 2 }, kernel: 3, stride: [2, 1] } },
        'flatten',
        { linear: 'classes' },
      ],
      'layer',
      'network',
    ) as Layer[],
    [6, 9, 8],
    2,
  );
  const [grouped, depthwise] = network.layers;
  expect(grouped!.output).toEqual([12, 7, 4]);
  expect(grouped!.parameters.map(({ shape }) => shape)).toEqual([[12, 2, 3, 5]]);
  // 12·7·4 outputs, 2·15 terms each; the first layer has no input gradient.
  expect(grouped!.flops).toBe(2 * 2 * 12 * 7 * 4 * 2 * 15);
  expect(depthwise!.output).toEqual([24, 3, 2]);
  expect(depthwise!.parameters.map(({ name, shape }) => [name, shape])).toEqual([
    ['conv2d.2.weight', [24, 1, 3, 3]],
    ['conv2d.2.bias', [24]],
  ]);
  expect(depthwise!.parameters[0]!.init).toEqual({ uniform: { fanIn: 9 } });
  expect(depthwise!.flops).toBe(2 * 3 * 24 * 3 * 2 * 9);
});
