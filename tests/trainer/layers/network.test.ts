import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecipe, resolveNetwork, type Shape } from '../../../trainer/index.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const resolve = (network: unknown, input: Shape = [3, 32, 32], classes = 10) =>
  resolveNetwork(parseRecipe({ ...tinyRecipe, network }).network, input, classes);

describe('the seed network', () => {
  const network = resolve('simpleCnn');

  test('shapes, from the issue that describes it', () => {
    expect(network.layers.map(({ name, output }) => [name, output])).toEqual([
      ['conv2d.1', [16, 32, 32]],
      ['batchNorm2d.1', [16, 32, 32]],
      ['relu.1', [16, 32, 32]],
      ['maxPool2d.1', [16, 16, 16]],
      ['conv2d.2', [32, 16, 16]],
      ['batchNorm2d.2', [32, 16, 16]],
      ['relu.2', [32, 16, 16]],
      ['maxPool2d.2', [32, 8, 8]],
      ['flatten.1', [2048, 1, 1]],
      ['linear.1', [128, 1, 1]],
      ['dropout.1', [128, 1, 1]],
      ['linear.2', [10, 1, 1]],
    ]);
  });

  test('parameters in the order and with the initial values of PyTorch', () => {
    expect(network.parameters.map(({ name, shape, init }) => [name, shape, init])).toEqual([
      ['conv2d.1.weight', [16, 3, 3, 3], { uniform: { fanIn: 27 } }],
      ['conv2d.1.bias', [16], { uniform: { fanIn: 27 } }],
      ['batchNorm2d.1.weight', [16], { constant: 1 }],
      ['batchNorm2d.1.bias', [16], { constant: 0 }],
      ['conv2d.2.weight', [32, 16, 3, 3], { uniform: { fanIn: 144 } }],
      ['conv2d.2.bias', [32], { uniform: { fanIn: 144 } }],
      ['batchNorm2d.2.weight', [32], { constant: 1 }],
      ['batchNorm2d.2.bias', [32], { constant: 0 }],
      ['linear.1.weight', [128, 2048], { uniform: { fanIn: 2048 } }],
      ['linear.1.bias', [128], { uniform: { fanIn: 2048 } }],
      ['linear.2.weight', [10, 128], { uniform: { fanIn: 128 } }],
      ['linear.2.bias', [10], { uniform: { fanIn: 128 } }],
    ]);
    expect(network.parameterCount).toBe(268_746);
  });

  test('costs 10.43 MFLOP a sample and training step, no input gradient for the first layer', () => {
    expect(network.flopsPerSample).toBe(
      2 * (2 * 32 * 32 * 16 * 27) + 3 * (2 * 16 * 16 * 32 * 144) + 3 * (2 * 2048 * 128) + 3 * (2 * 128 * 10),
    );
    expect(network.flopsPerSample / 1e6).toBeCloseTo(10.43, 2);
  });

  test('has an MNIST twin', () => {
    const twin = resolve('simpleCnn', [1, 28, 28]);
    expect(twin.layers.map(({ output }) => output[0])).toEqual(
      network.layers.map(({ output, name }) => (name === 'flatten.1' ? 1568 : output[0])),
    );
    expect(twin.parameterCount).toBe(207_018);
  });
});

test('an output has as many rows as windows fit', () => {
  const sizes = fc.record({
    height: fc.integer({ min: 1, max: 20 }),
    kernel: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.nat(3),
  });
  fc.assert(
    fc.property(sizes, ({ height, kernel, stride, padding }) => {
      fc.pre(kernel <= height + 2 * padding);
      let windows = 0;
      for (let top = -padding; top + kernel <= height + padding; top += stride) windows++;
      const [conv] = resolve(
        [{ conv2d: { out: 2, kernel, stride, padding } }, 'flatten', { linear: 'classes' }],
        [1, height, height],
      ).layers;
      expect(conv!.output).toEqual([2, windows, windows]);
      if (padding > 0) return;
      const [pool] = resolve([{ maxPool2d: { kernel, stride } }, 'flatten', { linear: 'classes' }], [1, height, height]).layers;
      expect(pool!.output).toEqual([1, windows, windows]);
    }),
    { seed: 5 },
  );
});

test('maps need not be square, and the shorter side decides what fits', () => {
  const head = ['flatten', { linear: 'classes' }];
  const [conv, pool] = resolve([{ conv2d: { out: 2, kernel: 3 } }, { maxPool2d: 2 }, ...head], [1, 9, 6]).layers;
  expect([conv!.output, pool!.output]).toEqual([
    [2, 7, 4],
    [2, 3, 2],
  ]);
  for (const layer of [{ conv2d: { out: 2, kernel: 5 } }, { maxPool2d: 5 }]) {
    for (const input of [
      [1, 8, 4],
      [1, 4, 8],
    ] as const) {
      expect(() => resolve([layer, ...head], [...input])).toThrow(expect.objectContaining({ code: 'recipe.shape' }));
    }
  }
});

describe('residual blocks', () => {
  const conv = (out: number, more: object = {}) => ({ conv2d: { out, kernel: 3, padding: 'same', ...more } });
  const nested = [
    conv(4),
    { residual: ['relu', { residual: [conv(4), 'batchNorm2d'] }, conv(4, { name: 'last' })] },
    'relu',
    { residual: [conv(4)] },
  ];
  const network = resolve([...nested, 'flatten', { linear: 'classes' }], [3, 8, 8]);

  test('stand behind their bodies, and layers within bear the names of the blocks around them', () => {
    expect(network.layers.map(({ name, layer, inputs, output }) => [name, layer.kind, inputs, output])).toEqual([
      ['conv2d.1', 'conv2d', [-1], [4, 8, 8]],
      ['residual.1/relu.1', 'relu', [0], [4, 8, 8]],
      ['residual.1/residual.1/conv2d.1', 'conv2d', [1], [4, 8, 8]],
      ['residual.1/residual.1/batchNorm2d.1', 'batchNorm2d', [2], [4, 8, 8]],
      ['residual.1/residual.1', 'residual', [3, 1], [4, 8, 8]],
      ['residual.1/last', 'conv2d', [4], [4, 8, 8]],
      ['residual.1', 'residual', [5, 0], [4, 8, 8]],
      ['relu.1', 'relu', [6], [4, 8, 8]],
      ['residual.2/conv2d.1', 'conv2d', [7], [4, 8, 8]],
      ['residual.2', 'residual', [8, 7], [4, 8, 8]],
      ['flatten.1', 'flatten', [9], [256, 1, 1]],
      ['linear.1', 'linear', [10], [10, 1, 1]],
    ]);
    expect(network.parameters.map(({ name }) => name)).toContain('residual.1/residual.1/batchNorm2d.1.weight');
  });

  test('cost what their bodies cost; first in the network, their first layer has no input gradient', () => {
    const multiplyAdds = 3 * 9 * 3 * 8 * 8;
    const { layers } = resolve([{ residual: [conv(3), conv(3)] }, 'flatten', { linear: 'classes' }], [3, 8, 8]);
    expect(layers.slice(0, 3).map(({ flops }) => flops)).toEqual([2 * 2 * multiplyAdds, 2 * 3 * multiplyAdds, 0]);
  });

  test('tell which outputs want a gradient', () => {
    const { layers } = resolve([{ residual: ['relu'] }, { residual: ['relu', conv(3)] }, 'flatten', { linear: 'classes' }], [3, 8, 8]);
    expect(layers.filter(({ learns }) => !learns).map(({ name }) => name)).toEqual([
      'residual.1/relu.1',
      'residual.1',
      'residual.2/relu.1',
    ]);
    expect(layers.find(({ name }) => name === 'residual.2')?.learns).toBe(true);
  });

  const misfits: [network: unknown[], message: string][] = [
    [
      [conv(4), { residual: [conv(8)] }],
      'network[1].residual takes 4 × 32 × 32 from its body, as much as it is given, residual.1/conv2d.1 gives 8 × 32 × 32',
    ],
    [
      ['relu', { residual: ['relu', { residual: [{ maxPool2d: 2 }] }] }],
      'network[1].residual[1].residual takes 3 × 32 × 32 from its body, as much as it is given, residual.1/residual.1/maxPool2d.1 gives 3 × 16 × 16',
    ],
    [
      [{ residual: { name: 'block', body: ['flatten'] } }],
      'network[0].residual takes 3 × 32 × 32 from its body, as much as it is given, block/flatten.1 gives 3,072 numbers',
    ],
  ];
  test.each(misfits)('%j: the body must give what enters it', (network, message) => {
    expect(() => resolve(network)).toThrow(
      expect.objectContaining({ code: 'recipe.shape', message, help: expect.stringContaining('pool before the block') }),
    );
  });

  test('a layer within that does not fit is told by its place', () => {
    expect(() => resolve([{ residual: ['relu', { linear: 3 }] }])).toThrow(
      expect.objectContaining({
        place: 'network[0].residual[1].linear',
        message: expect.stringContaining('residual.1/relu.1 gives 3 × 32 × 32'),
      }),
    );
  });
});

describe('layers that join', () => {
  const conv = (out: number, kernel = 3, more: object = {}) => ({ conv2d: { out, kernel, padding: 'same', ...more } });
  const end = [{ maxPool2d: 8 }, 'flatten', { linear: 'classes' }];
  const shapes = (network: unknown[]) =>
    resolve([...network, ...end], [3, 8, 8]).layers.map(({ name, inputs, output }) => [name, inputs, output]);

  test('a projection stands behind the body, under names of its own', () => {
    expect(shapes(['relu', { residual: { body: [conv(4), 'batchNorm2d'], shortcut: [conv(4, 1), 'batchNorm2d'] } }]).slice(0, 6)).toEqual([
      ['relu.1', [-1], [3, 8, 8]],
      ['residual.1/conv2d.1', [0], [4, 8, 8]],
      ['residual.1/batchNorm2d.1', [1], [4, 8, 8]],
      ['residual.1/shortcut/conv2d.1', [0], [4, 8, 8]],
      ['residual.1/shortcut/batchNorm2d.1', [3], [4, 8, 8]],
      ['residual.1', [2, 4], [4, 8, 8]],
    ]);
  });

  test('branches are joined along the channels, the empty one is the input', () => {
    expect(shapes(['relu', { concatenation: [[conv(4)], [], [conv(2), conv(5)]] }]).slice(0, 5)).toEqual([
      ['relu.1', [-1], [3, 8, 8]],
      ['concatenation.1/branch.1/conv2d.1', [0], [4, 8, 8]],
      ['concatenation.1/branch.3/conv2d.1', [0], [2, 8, 8]],
      ['concatenation.1/branch.3/conv2d.2', [2], [5, 8, 8]],
      ['concatenation.1', [1, 0, 3], [12, 8, 8]],
    ]);
  });

  test('a scale gives what it takes, whatever its body works out', () => {
    expect(shapes(['relu', { scale: [{ avgPool2d: 8 }, 'flatten', { linear: 3 }] }]).slice(0, 5)).toEqual([
      ['relu.1', [-1], [3, 8, 8]],
      ['scale.1/avgPool2d.1', [0], [3, 1, 1]],
      ['scale.1/flatten.1', [1], [3, 1, 1]],
      ['scale.1/linear.1', [2], [3, 1, 1]],
      ['scale.1', [0, 3], [3, 8, 8]],
    ]);
  });

  const misfits: [network: unknown[], place: string, message: string][] = [
    [
      [{ residual: { body: [conv(4)], shortcut: [conv(5, 1)] } }],
      'network[0].residual',
      'network[0].residual takes 5 × 32 × 32 from its body, as much as its shortcut gives, residual.1/conv2d.1 gives 4 × 32 × 32',
    ],
    [
      [{ residual: { body: [conv(4)], shortcut: ['relu', { linear: 3 }] } }],
      'network[0].residual.shortcut[1].linear',
      'network[0].residual.shortcut[1].linear takes a flat vector, residual.1/shortcut/relu.1 gives 3 × 32 × 32',
    ],
    [
      ['relu', { concatenation: [[conv(4)], [conv(4), { maxPool2d: 2 }]] }],
      'network[1].concatenation',
      'network[1].concatenation takes maps of 32 × 32 from every branch, as its first one gives 4 × 32 × 32, ' +
        'concatenation.1/branch.2/maxPool2d.1 gives 4 × 16 × 16',
    ],
    [
      [{ concatenation: [[], ['relu', { linear: 3 }]] }],
      'network[0].concatenation[1][1].linear',
      'network[0].concatenation[1][1].linear takes a flat vector, concatenation.1/branch.2/relu.1 gives 3 × 32 × 32',
    ],
    [
      [{ scale: ['flatten', { linear: 4 }] }],
      'network[0].scale',
      'network[0].scale takes 3 numbers from its body, one for each channel that it is given, scale.1/linear.1 gives 4 numbers',
    ],
  ];
  test.each(misfits)('%j does not fit', (network, place, message) => {
    expect(() => resolve(network)).toThrow(expect.objectContaining({ code: 'recipe.shape', place, message }));
  });
});

test('a layer without bias has no bias', () => {
  const network = resolve([{ conv2d: { out: 2, kernel: 1, bias: false } }, 'flatten', { linear: { out: 'classes', bias: false } }]);
  expect(network.parameters.map(({ name }) => name)).toEqual(['conv2d.1.weight', 'linear.1.weight']);
});

describe('layers that do not fit', () => {
  test.each([
    [
      [{ conv2d: { out: 32, kernel: 3 } }, { linear: 10 }],
      'network[1].linear takes a flat vector, conv2d.1 gives 32 × 30 × 30',
      'put `flatten` before it',
    ],
    [['flatten', { maxPool2d: 2 }], 'network[1].maxPool2d takes maps of at least 2 × 2, flatten.1 gives 3,072 numbers', 'pool less often'],
    [
      [{ conv2d: { out: 4, kernel: 35, padding: 1 } }],
      'network[0].conv2d takes maps of at least 35 × 35 with their padding, the data set gives 3 × 32 × 32',
      'kernel smaller',
    ],
    [
      [{ conv2d: { out: 4, kernel: [3, 2], dilation: [20, 1] } }],
      'network[0].conv2d takes maps of at least 41 × 2 with their padding, the data set gives 3 × 32 × 32',
      'kernel or dilation smaller',
    ],
    [
      [{ conv2d: { out: 4, kernel: 3, groups: 2 } }],
      'network[0].conv2d takes maps whose number of channels 2 groups divide, the data set gives 3 × 32 × 32',
      'make groups a divisor of 3',
    ],
    [
      [{ conv2d: { out: 4, kernel: 3, padding: [1, 32], paddingMode: 'reflect' } }],
      'network[0].conv2d takes maps of at least 2 × 33, since reflect mirrors as many pixels as it pads, the data set gives 3 × 32 × 32',
      'padding smaller',
    ],
    [['batchNorm1d'], 'network[0].batchNorm1d takes a flat vector, the data set gives 3 × 32 × 32', 'batchNorm2d'],
    [[{ groupNorm: 2 }], 'network[0].groupNorm takes channels that 2 groups divide, the data set gives 3 × 32 × 32', 'a divisor of 3'],
    [
      [{ maxPool2d: { kernel: [2, 40], padding: [0, 1] } }],
      'network[0].maxPool2d takes maps of at least 2 × 38, the data set gives 3 × 32 × 32',
      'smaller kernel',
    ],
    [['flatten', { linear: 11 }], 'loss takes 10 numbers, one a class, linear.1 gives 11 numbers', 'linear: classes'],
    [['relu'], 'loss takes 10 numbers, one a class, relu.1 gives 3 × 32 × 32', 'linear: classes'],
  ])('%j', (network, message, help) => {
    expect(() => resolve(network)).toThrow(expect.objectContaining({ code: 'recipe.shape', message, help: expect.stringContaining(help) }));
  });
});
