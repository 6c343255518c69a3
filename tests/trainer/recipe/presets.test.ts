import { describe, expect, test } from 'vitest';
import { parseRecipe, resolveNetwork, type Shape } from '../../../trainer/index.ts';
import { presets } from '../../../trainer/presets/index.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const names = (network: unknown) => parseRecipe({ ...tinyRecipe, network }).network.map(({ name }) => name);

test('simpleCnn in its written forms', () => {
  expect(names('simpleCnn')).toEqual(names({ simpleCnn: {} }));
  expect(names({ simpleCnn: null })).toEqual(names({ simpleCnn: { batchNorm: true, dropout: 0.5, width: 16 } }));
});

test('simpleCnn without dropout has no such layer', () => {
  expect(names({ simpleCnn: { dropout: 0 } })).toEqual(names('simpleCnn').filter((name) => name !== 'dropout.1'));
});

test('the width of simpleCnn is that of its first convolution, the second has twice as many filters', () => {
  const { network } = parseRecipe({ ...tinyRecipe, network: { simpleCnn: { width: 5 } } });
  expect(network.flatMap((layer) => (layer.kind === 'conv2d' ? [layer.out] : []))).toEqual([5, 10]);
});

const [mnist, cifar]: [Shape, Shape] = [
  [1, 28, 28],
  [3, 32, 32],
];
const resolve = (network: unknown, input: Shape) => resolveNetwork(parseRecipe({ ...tinyRecipe, network }).network, input, 10);

describe('parameters, as published', () => {
  test.each<[network: unknown, input: Shape, parameters: number, source: string]>([
    ['lenet5', mnist, 61_706, 'LeCun et al., every map of the first convolution seen by the second'],
    [{ lenet5: { padding: 0 } }, [1, 32, 32], 61_706, 'the same on the images of the paper'],
    [{ vggSmall: { batchNorm: false } }, cifar, 550_570, 'three VGG blocks of 32, 64 and 128 filters with a linear layer of 128'],
    ['resnet20', cifar, 272_474, 'He et al., table 6: 0.27 M; option B adds two projections'],
    ['resnet32', cifar, 466_906, 'He et al., table 6: 0.46 M; option B adds two projections'],
    ['resnet18', cifar, 11_173_962, '11.17 M, torchvision with a stem of 3 × 3 for CIFAR'],
    ['mobilenetV1', cifar, 3_217_226, 'Howard et al., 4.2 M with 1,000 classes: 4,231,976 less 990 classes of 1,025'],
    ['mobilenetV2', cifar, 2_236_682, 'torchvision, 3,504,872 with 1,000 classes, less 990 classes of 1,281'],
  ])('%j on %j: %d', (network, input, parameters) => {
    expect(resolve(network, input).parameterCount).toBe(parameters);
  });

  test('option A of the paper has two projections less', () => {
    const projections = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;
    expect(272_474 - projections).toBe(269_722);
    expect(Math.round(269_722 / 1e4) / 100).toBe(0.27);
  });
});

describe.each(Object.keys(presets))('%s', (name) => {
  test.each([
    ['MNIST', mnist],
    ['CIFAR-10', cifar],
  ] as const)('fits the images of %s with either head, and its canonical form is plain layers', (_, input) => {
    for (const head of ['globalAveragePooling', 'flatten']) {
      const { layers } = resolve({ [name]: { head } }, input);
      expect(layers.at(-1)!.output).toEqual([10, 1, 1]);
      expect(layers.map(({ layer }) => layer.kind).includes('globalAvgPool')).toBe(head === 'globalAveragePooling');
      expect(presets).not.toHaveProperty(layers[0]!.layer.kind);
    }
  });

  test('refuses what is no option, and says which there are', () => {
    expect(() => names({ [name]: { heads: 1 } })).toThrow(
      expect.objectContaining({ code: 'recipe.unknownKey', place: `network.${name}.heads`, help: expect.stringContaining('`head`') }),
    );
    expect(() => names({ [name]: { head: 'pooling' } })).toThrow(
      expect.objectContaining({ place: `network.${name}.head`, help: expect.stringContaining('globalAveragePooling or flatten') }),
    );
    expect(() => names({ [name]: { dropout: 1 } })).toThrow(expect.objectContaining({ place: `network.${name}.dropout` }));
  });
});

test('options change what they say', () => {
  const kinds = (network: unknown) => resolve(network, cifar).layers.map(({ layer }) => layer.kind);
  const widths = (network: unknown) =>
    resolve(network, cifar)
      .layers.filter(({ layer }) => layer.kind === 'conv2d')
      .map(({ output }) => output[0]);
  expect(kinds({ resnet8: { batchNorm: false } })).not.toContain('batchNorm2d');
  expect(kinds({ resnet8: { dropout: 0.1 } }).slice(-3)).toEqual(['globalAvgPool', 'dropout', 'linear']);
  expect(widths({ resnet8: { width: 4 } })).toEqual([4, 4, 4, 8, 8, 8, 16, 16, 16]);
  expect(widths({ vggSmall: { width: 3 } })).toEqual([3, 3, 6, 6, 12, 12]);
  expect(kinds({ lenet5: { activation: 'relu', pooling: 'max', batchNorm: true } }).slice(0, 4)).toEqual([
    'conv2d',
    'batchNorm2d',
    'relu',
    'maxPool2d',
  ]);
  expect(widths({ mobilenetV1: { width: 0.25 } }).slice(0, 4)).toEqual([8, 8, 16, 16]);
  expect(widths({ mobilenetV2: { width: 0.1 } }).at(-1)).toBe(1280);
});
