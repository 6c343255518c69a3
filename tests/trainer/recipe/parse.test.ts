import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseRecipe, RunledgerError } from '../../../trainer/index.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const shipped = (name: string): unknown => parseYaml(readFileSync(join(import.meta.dirname, '../../../recipes', name), 'utf8'));

const seedNetwork = [
  { kind: 'conv2d', name: 'conv2d.1', out: 16, kernel: 3, stride: 1, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: 'relu.1' },
  { kind: 'maxPool2d', name: 'maxPool2d.1', kernel: 2, stride: 2 },
  { kind: 'conv2d', name: 'conv2d.2', out: 32, kernel: 3, stride: 1, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: 'batchNorm2d.2', eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: 'relu.2' },
  { kind: 'maxPool2d', name: 'maxPool2d.2', kernel: 2, stride: 2 },
  { kind: 'flatten', name: 'flatten.1' },
  { kind: 'linear', name: 'linear.1', out: 128, bias: true },
  { kind: 'dropout', name: 'dropout.1', p: 0.5 },
  { kind: 'linear', name: 'linear.2', out: 'classes', bias: true },
];

describe('what a recipe becomes', () => {
  test('the shipped CIFAR-10 recipe is the seed network with every default filled in', () => {
    expect(parseRecipe(shipped('cifar10-simple-cnn.yaml'))).toEqual({
      dataset: 'cifar10',
      split: { train: 45000, validation: 5000, seed: 0 },
      preprocess: 'standardize',
      augment: [],
      network: seedNetwork,
      loss: 'crossEntropy',
      optimizer: { type: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
      schedule: { type: 'stepLR', stepSize: 5, gamma: 0.1 },
      batch: 64,
      dropLast: false,
      epochs: 30,
      seed: 1,
      arithmetic: 'fused',
      record: { stepsPerEpoch: 200, parameters: false },
    });
  });

  test('its MNIST twin has the same network', () => {
    expect(parseRecipe(shipped('mnist-simple-cnn.yaml'))).toMatchObject({ dataset: 'mnist', network: seedNetwork, epochs: 2 });
  });

  test('a recipe that says only what it must', () => {
    const least = { dataset: 'mnist', split: { train: 1, validation: 1 }, network: ['flatten'], optimizer: 'sgd', epochs: 1 };
    expect(parseRecipe(least)).toMatchObject({
      split: { seed: 0 },
      augment: [],
      optimizer: { type: 'sgd', lr: 0.001, momentum: 0, weightDecay: 0 },
      schedule: { type: 'constant' },
      batch: 64,
      seed: 1,
    });
  });

  test('every written form of a layer means the same', () => {
    const network = (...layers: unknown[]) => parseRecipe({ ...tinyRecipe, network: layers }).network;
    const pool = { kind: 'maxPool2d', name: 'maxPool2d.1', kernel: 2, stride: 2 };
    for (const written of [{ maxPool2d: 2 }, { maxPool2d: { kernel: 2 } }, { maxPool2d: { kernel: 2, stride: 2 } }, pool]) {
      expect(network(written)).toEqual([pool]);
    }
    for (const written of ['relu', { relu: {} }, { relu: null }, { kind: 'relu' }]) {
      expect(network(written)).toEqual([{ kind: 'relu', name: 'relu.1' }]);
    }
  });

  test('without batch normalization no other layer changes its name', () => {
    const network = (batchNorm: boolean) => parseRecipe({ ...tinyRecipe, network: { simpleCnn: { batchNorm } } }).network;
    expect(network(false)).toEqual(network(true).filter(({ kind }) => kind !== 'batchNorm2d'));
  });

  test('a layer keeps the name it is given, and counts among its kind all the same', () => {
    const { network } = parseRecipe({ ...tinyRecipe, network: [{ relu: { name: 'first' } }, 'relu'] });
    expect(network.map(({ name }) => name)).toEqual(['first', 'relu.2']);
  });
});

describe('residual blocks', () => {
  const network = (...layers: unknown[]) => parseRecipe({ ...tinyRecipe, network: layers }).network;

  test('hold layers in every written form, counted and named within the block', () => {
    const block = {
      kind: 'residual',
      name: 'residual.1',
      body: [
        { kind: 'relu', name: 'relu.1' },
        { kind: 'residual', name: 'inner', body: [{ kind: 'maxPool2d', name: 'maxPool2d.1', kernel: 1, stride: 1 }] },
        { kind: 'relu', name: 'relu.2' },
      ],
    };
    const body = ['relu', { residual: { name: 'inner', body: [{ maxPool2d: 1 }] } }, { relu: {} }];
    for (const written of [{ residual: body }, { residual: { body } }, { kind: 'residual', body }, block]) {
      expect(network('relu', written, 'relu')).toEqual([{ kind: 'relu', name: 'relu.1' }, block, { kind: 'relu', name: 'relu.2' }]);
    }
  });

  test.each([
    [{ residual: [] }, 'recipe.value', 'network[0].residual.body is []', 'at least one layer'],
    ['residual', 'recipe.missing', 'network[0].body is missing', 'a list of layers'],
    [{ residual: 3 }, 'recipe.value', 'network[0].residual is 3', 'name, body'],
    [{ residual: { body: 'relu' } }, 'recipe.value', 'network[0].residual.body is "relu"', 'a list; a layer is one of'],
    [{ residual: ['relu', 'rellu'] }, 'recipe.unknownKind', 'network[0].residual[1]: there is no layer "rellu"', 'did you mean `relu`'],
    [
      { residual: { body: [{ conv2d: { out: 0, kernel: 3 } }] } },
      'recipe.value',
      'network[0].residual.body[0].conv2d.out is 0',
      'an integer from 1',
    ],
    [{ kind: 'residual', body: [{ relu: { nam: 'x' } }] }, 'recipe.unknownKey', 'there is no `nam` in network[0].body[0].relu', '`name`'],
    [
      { residual: ['relu', { gelu: { name: 'relu.1' } }] },
      'recipe.name',
      'network[0].residual[1].gelu is named `relu.1`, as network[0].residual[0] is',
      'another name',
    ],
    [{ residual: [{ relu: { name: 'a/b' } }] }, 'recipe.value', 'network[0].residual[0].relu.name is "a/b"', 'a name of letters'],
  ])('%j', (layer, code, message, help) => {
    expect(() => network(layer)).toThrow(expect.objectContaining({ code, message, help: expect.stringContaining(help) }));
  });
});

describe('layers that join', () => {
  const network = (...layers: unknown[]) => parseRecipe({ ...tinyRecipe, network: layers }).network;
  const [first, second] = [
    { kind: 'relu', name: 'relu.1' },
    { kind: 'gelu', name: 'gelu.1' },
  ];

  test('a shortcut is read like a body, and counts for itself; without layers it is the identity, and not recorded', () => {
    const block = { kind: 'residual', name: 'residual.1', body: [first], shortcut: [second, first] };
    for (const written of [{ residual: { body: ['relu'], shortcut: ['gelu', 'relu'] } }, block]) expect(network(written)).toEqual([block]);
    const identity = { kind: 'residual', name: 'residual.1', body: [first] };
    for (const shortcut of [undefined, []]) expect(network({ residual: { body: ['relu'], shortcut } })).toStrictEqual([identity]);
  });

  test('branches are lists of layers, each with names of its own', () => {
    const block = { kind: 'concatenation', name: 'concatenation.1', branches: [[first], [], [second, first]] };
    const branches = [['relu'], [], ['gelu', { relu: {} }]];
    for (const written of [{ concatenation: branches }, { concatenation: { branches } }, block]) expect(network(written)).toEqual([block]);
  });

  test('a scale has a body', () => {
    const block = { kind: 'scale', name: 'scale.1', body: [first] };
    for (const written of [{ scale: ['relu'] }, { scale: { body: ['relu'] } }, block]) expect(network(written)).toEqual([block]);
  });

  test.each([
    [{ residual: { body: ['relu'], shortcut: 'relu' } }, 'network[0].residual.shortcut is "relu"', 'a list; a layer is one of'],
    [{ residual: { body: ['relu'], shortcut: ['rellu'] } }, 'network[0].residual.shortcut[0]: there is no layer "rellu"', '`relu`'],
    [
      { residual: { body: [{ relu: { name: 'shortcut' } }], shortcut: ['relu'] } },
      'network[0].residual.body[0].name is "shortcut"',
      'takes another name, as the layers beside the body are named shortcut/…',
    ],
    ['concatenation', 'network[0].branches is missing', 'a list of branches, each a list of layers'],
    [{ concatenation: [[]] }, 'network[0].concatenation.branches is [[]]', 'at least two branches'],
    [{ concatenation: ['relu', []] }, 'network[0].concatenation[0] is "relu"', 'a list; a layer is one of'],
    [{ concatenation: { branches: 3 } }, 'network[0].concatenation.branches is 3', 'a list of branches, each a list of layers'],
    [{ concatenation: { branches: [[], [{ gelu: 1 }]] } }, 'network[0].concatenation.branches[1][0].gelu is 1', 'settings in braces: name'],
    [{ scale: [] }, 'network[0].scale.body is []', 'at least one layer'],
  ])('%j', (layer, message, help) => {
    expect(() => network(layer)).toThrow(expect.objectContaining({ message, help: expect.stringContaining(help) }));
  });
});

describe('squeezeExcitation', () => {
  const network = (...layers: unknown[]) => parseRecipe({ ...tinyRecipe, network: layers }).network;
  const conv = (out: number) => ({ conv2d: { out, kernel: 3 } });
  const gate = (channels: number, squeezed: number, activation = 'relu') => ({
    scale: ['globalAvgPool', { linear: squeezed }, activation, { linear: channels }, 'sigmoid'],
  });

  test.each<[written: unknown, expanded: unknown]>([
    ['squeezeExcitation', gate(32, 2)],
    [{ squeezeExcitation: 4 }, gate(32, 8)],
    [{ squeezeExcitation: { reduction: 100 } }, gate(32, 1)],
    [{ squeezeExcitation: { channels: 5, activation: 'silu' } }, gate(32, 5, 'silu')],
    [{ kind: 'squeezeExcitation', reduction: 8 }, gate(32, 4)],
    [{ squeezeExcitation: { name: 'se', reduction: 8 } }, { scale: { name: 'se', body: gate(32, 4).scale } }],
  ])('%j is plain layers', (written, expanded) => {
    expect(network(conv(32), 'relu', written)).toEqual(network(conv(32), 'relu', expanded));
  });

  test('takes its channels from the layers that lead to it, through blocks and branches', () => {
    const se = { squeezeExcitation: 2 };
    const expected = (channels: number) => gate(channels, channels / 2);
    const places: [(inner: unknown) => unknown[], number][] = [
      [(inner) => [conv(8), { residual: { body: [conv(12), inner], shortcut: [conv(12)] } }], 12],
      [(inner) => [conv(8), { residual: [inner, conv(8)] }], 8],
      [(inner) => [conv(8), { residual: { body: [conv(6)], shortcut: [conv(6)] } }, inner], 6],
      [(inner) => [conv(8), { concatenation: [[conv(2)], [], [conv(4)]] }, inner], 14],
      [(inner) => [conv(8), { conv2d: { depthwise: { multiplier: 3 }, kernel: 3 } }, inner], 24],
      [(inner) => [{ concatenation: [[conv(2), inner], []] }], 2],
      [(inner) => ['globalAvgPool', { linear: 10 }, 'relu', inner], 10],
    ];
    for (const [build, channels] of places) expect(network(...build(se))).toEqual(network(...build(expected(channels))));
  });

  test('counts among the scales', () => {
    expect(network(conv(4), { squeezeExcitation: 2 }, { scale: ['sigmoid'] }).map(({ name }) => name)).toEqual([
      'conv2d.1',
      'scale.1',
      'scale.2',
    ]);
  });

  test.each<[layers: unknown[], message: string, help: string]>([
    [
      [{ squeezeExcitation: 4 }],
      'network[0].squeezeExcitation stands where the recipe does not tell the number of channels',
      'behind a conv2d',
    ],
    [[conv(4), 'flatten', { squeezeExcitation: 4 }], 'network[2].squeezeExcitation stands where', 'scale: [globalAvgPool'],
    [[{ concatenation: [[conv(4)], []] }, 'squeezeExcitation'], 'network[1] stands where', ''],
    [[conv(4), { squeezeExcitation: 0 }], 'network[1].squeezeExcitation.reduction is 0', 'an integer from 1'],
    [
      [conv(4), { squeezeExcitation: { reduction: 2, channels: 2 } }],
      'network[1].squeezeExcitation.channels is 2',
      'no value beside reduction',
    ],
    [[conv(4), { squeezeExcitation: { ratio: 2 } }], 'there is no `ratio` in network[1].squeezeExcitation', 'reduction'],
    [[conv(4), { squeezExcitation: 2 }], 'network[1]: there is no layer "squeezExcitation"', 'did you mean `squeezeExcitation`'],
  ])('%j', (layers, message, help) => {
    expect(() => network(...layers)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), help: expect.stringContaining(help) }),
    );
  });
});

describe('losses', () => {
  const lossOf = (loss: unknown) => parseRecipe({ ...tinyRecipe, loss }).loss;

  test.each([
    ['crossEntropy', 'crossEntropy'],
    [{ crossEntropy: null }, 'crossEntropy'],
    [{ crossEntropy: { labelSmoothing: 0 } }, 'crossEntropy'],
    [{ crossEntropy: { labelSmoothing: 0.1 } }, { crossEntropy: { labelSmoothing: 0.1 } }],
    [{ crossEntropy: { weight: [1, 0, 2] } }, { crossEntropy: { weight: [1, 0, 2] } }],
    ['mse', 'mse'],
    [{ bceWithLogits: {} }, 'bceWithLogits'],
  ])('%j is %j', (written, canonical) => {
    expect(lossOf(written)).toStrictEqual(canonical);
    expect(lossOf(lossOf(written))).toStrictEqual(canonical);
  });

  test('is crossEntropy where nothing is said', () => {
    const { loss: _, ...silent } = { ...tinyRecipe, loss: undefined };
    expect(parseRecipe(silent).loss).toBe('crossEntropy');
  });

  test.each([
    ['hinge', 'loss is "hinge"', 'crossEntropy, mse, bceWithLogits, or { crossEntropy: settings }'],
    [{ crossEntropy: {}, mse: {} }, 'loss is {"crossEntropy":{},"mse":{}}', 'or { crossEntropy: settings }'],
    [{ crossEntropy: { labelSmoothing: 1.5 } }, 'loss.crossEntropy.labelSmoothing is 1.5', 'a number from 0 to 1'],
    [{ crossEntropy: { smoothing: 0.1 } }, 'there is no `smoothing` in loss.crossEntropy', 'labelSmoothing, weight'],
    [{ crossEntropy: { weight: [1, -1] } }, 'loss.crossEntropy.weight[1] is -1', 'a number from 0'],
    [{ crossEntropy: { weight: [0, 0] } }, 'loss.crossEntropy.weight is [0,0]', 'at least one of them above 0'],
    [{ crossEntropy: 3 }, 'loss.crossEntropy is 3', 'takes'],
    [{ mse: { reduction: 'sum' } }, 'there is no `reduction` in loss.mse', ''],
  ])('%j', (written, message, help) => {
    expect(() => lossOf(written)).toThrow(expect.objectContaining({ message, help: expect.stringContaining(help) }));
  });
});

const written = fc.record(
  {
    dataset: fc.constant('mnist'),
    split: fc.record(
      { train: fc.integer({ min: 1 }), validation: fc.integer({ min: 1 }), seed: fc.nat() },
      { requiredKeys: ['train', 'validation'] },
    ),
    augment: fc.array(fc.oneof(fc.constant('horizontalFlip'), fc.record({ randomCrop: fc.integer({ min: 1, max: 9 }) }))),
    network: fc.oneof(
      fc.record({
        simpleCnn: fc.record(
          { batchNorm: fc.boolean(), dropout: fc.constantFrom(0, 0.3), width: fc.integer({ min: 1 }) },
          { requiredKeys: [] },
        ),
      }),
      fc.array(
        fc.oneof(
          fc.constantFrom('relu', 'flatten', 'batchNorm2d', 'dropout'),
          fc.record({
            conv2d: fc.record({ out: fc.integer({ min: 1 }), kernel: fc.constantFrom(1, 3), padding: fc.constantFrom('same', 0, 2) }),
          }),
          fc.record({ maxPool2d: fc.integer({ min: 1, max: 5 }) }),
          fc.record({ linear: fc.constantFrom('classes', 7) }),
          fc.record({
            residual: fc.array(fc.constantFrom('relu', { maxPool2d: 1 }, { residual: ['gelu'] }), { minLength: 1, maxLength: 3 }),
          }),
          fc.constantFrom(
            { residual: { body: ['relu'], shortcut: ['gelu', { scale: ['relu'] }] } },
            { residual: { body: ['relu'], shortcut: [] } },
            { concatenation: [[], ['relu', { concatenation: { branches: [[], []] } }]] },
          ),
        ),
        { minLength: 1, maxLength: 12 },
      ),
    ),
    optimizer: fc.oneof(
      fc.constantFrom('sgd', 'adam', 'adamW', 'rmsprop', 'adagrad', 'lion', 'muon'),
      fc.record(
        {
          type: fc.constantFrom('sgd', 'muon'),
          decayBiasesAndNorms: fc.boolean(),
          groups: fc.constantFrom([], [{ match: '*.bias', lr: 1 }]),
        },
        { requiredKeys: ['type'] },
      ),
      fc.record({ type: fc.constant('sgd'), lr: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }) }),
    ),
    schedule: fc.oneof(fc.constant('constant'), fc.record({ type: fc.constant('stepLR'), stepSize: fc.integer({ min: 1 }) })),
    clip: fc.constantFrom({ norm: 1 }, { value: 0.5 }),
    accumulate: fc.integer({ min: 1, max: 3 }),
    epochs: fc.integer({ min: 1 }),
    seed: fc.nat(),
    arithmetic: fc.constantFrom('fused', 'strict'),
    record: fc.record({ stepsPerEpoch: fc.constantFrom('every', 10), parameters: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['dataset', 'split', 'network', 'optimizer', 'epochs'] },
);

test('the canonical form of a canonical form is itself, also after a trip through JSON', () => {
  fc.assert(
    fc.property(written, (recipe) => {
      const canonical = parseRecipe(recipe);
      expect(parseRecipe(canonical)).toEqual(canonical);
      expect(parseRecipe(JSON.parse(JSON.stringify(canonical)))).toEqual(canonical);
    }),
    { seed: 3, numRuns: 200 },
  );
});

describe('what a recipe is refused for', () => {
  const cases: [change: Record<string, unknown>, code: string, message: string, help: string][] = [
    [{ optimiser: {} }, 'recipe.unknownKey', 'there is no `optimiser` in a recipe', 'did you mean `optimizer`?'],
    [{ split: { train: 1, validation: 1, sead: 1 } }, 'recipe.unknownKey', 'there is no `sead` in split', 'did you mean `seed`?'],
    [{ split: { train: 1 } }, 'recipe.missing', 'split.validation is missing', 'split.validation takes an integer from 1'],
    [{ split: 5 }, 'recipe.value', 'split is 5', 'train, validation, seed'],
    [{ dataset: undefined }, 'recipe.missing', 'dataset is missing', 'the name of a data set'],
    [{ epochs: 0 }, 'recipe.value', 'epochs is 0', 'epochs takes an integer from 1'],
    [{ batch: 1.5 }, 'recipe.value', 'batch is 1.5', 'an integer from 1'],
    [{ seed: 2 ** 60 }, 'recipe.value', `seed is ${2 ** 60}`, 'an integer from 0'],
    [{ arithmetic: 'fast' }, 'recipe.value', 'arithmetic is "fast"', 'fused or strict'],
    [{ record: { parameter: true } }, 'recipe.unknownKey', 'there is no `parameter` in record', 'did you mean `parameters`?'],
    [{ loss: 'hinge' }, 'recipe.value', 'loss is "hinge"', 'crossEntropy'],
    [{ optimizer: 'adan' }, 'recipe.value', 'optimizer.type is "adan"', 'sgd or adam'],
    [{ optimizer: { type: 'adam', lr: -1 } }, 'recipe.value', 'optimizer.lr is -1', 'a number from 0'],
    [{ optimizer: { type: 'adam', lr: Number.NaN } }, 'recipe.value', 'optimizer.lr is NaN', 'a number from 0'],
    [{ optimizer: { type: 'adam', momentum: 1 } }, 'recipe.unknownKey', 'there is no `momentum` in optimizer', 'beta1, beta2'],
    [
      { optimizer: { type: 'sgd', nesterov: true } },
      'recipe.value',
      'optimizer.nesterov is true',
      'momentum is above 0 and dampening is 0',
    ],
    [
      { optimizer: { type: 'sgd', lr: 0, groups: [{ match: '*', lr: 1 }] } },
      'recipe.value',
      'optimizer.lr is 0',
      'a number above 0 where groups have rates of their own',
    ],
    [{ optimizer: { type: 'sgd', groups: [{ lr: 1 }] } }, 'recipe.missing', 'optimizer.groups[0].match is missing', 'a pattern'],
    [
      { optimizer: { type: 'sgd', groups: [{ match: '*', rate: 1 }] } },
      'recipe.unknownKey',
      'there is no `rate` in optimizer.groups[0]',
      'lr',
    ],
    [{ optimizer: { type: 'muon', nsSteps: 100 } }, 'recipe.value', 'optimizer.nsSteps is 100', 'an integer from 1 to 99'],
    [
      { optimizer: { type: 'muon', nsCoefficients: [1, 2] } },
      'recipe.value',
      'optimizer.nsCoefficients is [1,2]',
      'three numbers in a list',
    ],
    [{ accumulate: 0 }, 'recipe.value', 'accumulate is 0', 'an integer from 1'],
    [{ clip: 1 }, 'recipe.value', 'clip is 1', 'norm or value'],
    [{ clip: { norm: 1, value: 1 } }, 'recipe.value', 'clip is {"norm":1,"value":1}', 'one of them'],
    [{ clip: { norm: 0 } }, 'recipe.value', 'clip.norm is 0', 'a number above 0'],
    [{ schedule: { type: 'stepLR' } }, 'recipe.missing', 'schedule.stepSize is missing', 'an integer from 1'],
    [{ augment: ['flip'] }, 'recipe.unknownKind', 'augment[0]: there is no augmentation "flip"', 'horizontalFlip, randomCrop'],
    [{ network: undefined }, 'recipe.missing', 'network is missing', 'simpleCnn'],
    [{ network: [] }, 'recipe.value', 'network is []', 'at least one layer'],
    [{ network: { simpleCn: {} } }, 'recipe.unknownKind', 'network: there is no preset "simpleCn"', 'did you mean `simpleCnn`?'],
    [
      { network: { simpleCnn: { batchnorm: 1 } } },
      'recipe.unknownKey',
      'there is no `batchnorm` in network.simpleCnn',
      'did you mean `batchNorm`?',
    ],
    [{ network: ['relu', 'conv2'] }, 'recipe.unknownKind', 'network[1]: there is no layer "conv2"', 'did you mean `conv2d`?'],
    [{ network: [{ conv2d: { out: 4 } }] }, 'recipe.missing', 'network[0].conv2d.kernel is missing', 'an integer from 1'],
    [{ network: [{ conv2d: { kernel: 3 } }] }, 'recipe.missing', 'network[0].conv2d.out is missing', 'an integer from 1'],
    [{ network: [{ conv2d: { out: 4, kernel: '3x3' } }] }, 'recipe.value', 'network[0].conv2d.kernel is "3x3"', 'two: [rows, columns]'],
    [{ network: [{ conv2d: { out: 4, kernel: [3, 0] } }] }, 'recipe.value', 'network[0].conv2d.kernel[1] is 0', 'an integer from 1'],
    [
      { network: [{ conv2d: { out: 4, kernel: 3, padding: 'some' } }] },
      'recipe.value',
      'network[0].conv2d.padding is "some"',
      'same or valid',
    ],
    [
      { network: [{ conv2d: { out: 4, kernel: 3, groups: 3 } }] },
      'recipe.value',
      'network[0].conv2d.groups is 3',
      'a divisor of out, which is 4',
    ],
    [
      { network: [{ conv2d: { out: 4, kernel: 3, depthwise: {} } }] },
      'recipe.value',
      'network[0].conv2d.out is 4',
      'no value beside depthwise',
    ],
    [
      { network: [{ conv2d: { depthwise: {}, groups: 2, kernel: 3 } }] },
      'recipe.value',
      'network[0].conv2d.groups is 2',
      'no value beside depthwise',
    ],
    [{ network: [{ conv2d: { depthwise: 2, kernel: 3 } }] }, 'recipe.value', 'network[0].conv2d.depthwise is 2', 'in braces: multiplier'],
    [
      { network: [{ conv2d: { out: 4, kernel: 3, paddingMode: 'circular' } }] },
      'recipe.value',
      'network[0].conv2d.paddingMode is "circular"',
      'zeros or reflect',
    ],
    [
      { network: [{ conv2d: { out: 4, kernel: 3, stride: 2, padding: 'same' } }] },
      'recipe.value',
      'network[0].conv2d.padding is "same"',
      'numbers where stride is 2; same needs stride 1',
    ],
    [{ network: [{ maxPool2d: 0 }] }, 'recipe.value', 'network[0].maxPool2d.kernel is 0', 'an integer from 1'],
    [{ network: [{ dropout: 1 }] }, 'recipe.value', 'network[0].dropout.p is 1', 'below 1'],
    [{ network: [{ relu: {}, flatten: {} }] }, 'recipe.value', 'network[0] is {"relu":{},"flatten":{}}', 'one layer an entry'],
    [{ network: [{ relu: { name: 'a/b' } }] }, 'recipe.value', 'network[0].relu.name is "a/b"', 'a name of letters'],
    [
      { network: ['relu', { relu: { name: 'relu.1' } }] },
      'recipe.name',
      'network[1].relu is named `relu.1`, as network[0] is',
      'another name',
    ],
  ];

  test.each(cases)('%j', (change, code, message, help) => {
    let thrown: unknown;
    try {
      parseRecipe({ ...tinyRecipe, ...change });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RunledgerError);
    expect(thrown).toMatchObject({ code, message, help: expect.stringContaining(help), place: expect.any(String) });
  });

  test('anything that is not settings by name', () => {
    for (const nothing of [null, 'recipe', 5, [tinyRecipe]]) expect(() => parseRecipe(nothing)).toThrow(/^recipe is/);
  });
});
