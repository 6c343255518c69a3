import { describe, expect, test } from 'vitest';
import { parseRecipe, setPath } from '../../../trainer/index.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const preset = { ...tinyRecipe, network: { simpleCnn: { batchNorm: true } } };
const parse = (recipe: unknown) => parseRecipe(recipe);

describe('setting a value by its path', () => {
  test('gives a copy and leaves the recipe alone', () => {
    const before = structuredClone(preset);
    expect(setPath(preset, 'optimizer.lr', 0.5)).toEqual({ ...preset, optimizer: { type: 'adam', lr: 0.5 } });
    expect(preset).toEqual(before);
  });

  test.each([
    ['seed', 9, { seed: 9 }],
    ['split.seed', 9, { split: { train: 40, validation: 20, seed: 9 } }],
    ['record.parameters', true, { record: { parameters: true } }],
    ['network.simpleCnn.batchNorm', false, { network: { simpleCnn: { batchNorm: false } } }],
    ['network.simpleCnn.width', 4, { network: { simpleCnn: { batchNorm: true, width: 4 } } }],
    ['augment[0].randomCrop.padding', 2, { augment: [{ randomCrop: { padding: 2 } }, 'horizontalFlip'] }],
    ['augment.1.horizontalFlip.p', 0.1, { augment: [{ randomCrop: 1 }, { horizontalFlip: { p: 0.1 } }] }],
    ['augment', [], { augment: [] }],
    ['loss.crossEntropy.labelSmoothing', 0.1, { loss: { crossEntropy: { labelSmoothing: 0.1 } } }],
    ['clip.norm', 1, { clip: { norm: 1 } }],
  ])('%s', (path, value, expected) => {
    const changed = setPath(preset, path, value);
    expect(changed).toEqual({ ...preset, ...expected });
    expect(parse(changed)).toBeTruthy();
  });

  test('opens what is written short', () => {
    expect(setPath({ ...preset, optimizer: 'adam' }, 'optimizer.lr', 1)).toMatchObject({ optimizer: { type: 'adam', lr: 1 } });
    expect(setPath({ ...preset, network: 'simpleCnn' }, 'network.simpleCnn.dropout', 0)).toMatchObject({
      network: { simpleCnn: { dropout: 0 } },
    });
    expect(setPath(tinyRecipe, 'network[6].dropout.p', 0)).toMatchObject({ network: { 6: { dropout: { p: 0 } } } });
  });

  test('reaches into residual blocks, as they are written', () => {
    const conv = { conv2d: { out: 3, kernel: 3 } };
    const changed = { conv2d: { out: 7, kernel: 3 } };
    const network = (block: unknown) => ({ ...preset, network: ['relu', block] });
    const inner = network({ residual: ['relu', { residual: [conv] }] });
    expect(setPath(inner, 'network[1].residual[1].residual[0].conv2d.out', 7)).toEqual(
      network({ residual: ['relu', { residual: [changed] }] }),
    );
    const named = network({ residual: { name: 'block', body: [conv] } });
    expect(setPath(named, 'network[1].residual.body[0].conv2d.out', 7)).toEqual(network({ residual: { name: 'block', body: [changed] } }));
    const bare = network({ residual: [conv] });
    expect(setPath(bare, 'network[1].residual.name', 'block')).toEqual(network({ residual: { name: 'block', body: [conv] } }));
    const canonical = parse({ ...tinyRecipe, network: [{ residual: [conv] }] });
    expect(setPath(canonical, 'network[0].body[0].out', 7)).toMatchObject({ network: { 0: { body: { 0: { out: 7 } } } } });
  });

  test('reaches into shortcuts and branches', () => {
    const conv = { conv2d: { out: 3, kernel: 3 } };
    const changed = { conv2d: { out: 7, kernel: 3 } };
    const network = (block: unknown) => ({ ...preset, network: [block] });
    const block = (shortcut: unknown) => network({ residual: { body: ['relu'], shortcut } });
    expect(setPath(block([conv]), 'network[0].residual.shortcut[0].conv2d.out', 7)).toEqual(block([changed]));
    const bare = (layer: unknown) => network({ concatenation: [[], ['relu', layer]] });
    expect(setPath(bare(conv), 'network[0].concatenation[1][1].conv2d.out', 7)).toEqual(bare(changed));
    const named = (layer: unknown) => network({ concatenation: { branches: [[], [layer]] } });
    expect(setPath(named(conv), 'network[0].concatenation.branches[1][0].conv2d.out', 7)).toEqual(named(changed));
    expect(() => setPath(bare(conv), 'network[0].concatenation[2][0].conv2d.out', 7)).toThrow('there is no network[0].concatenation[2]');
  });

  test('reaches what an optimizer has for some parameters', () => {
    const groups = [{ match: '*.bias', lr: 1 }];
    const changed = setPath({ ...preset, optimizer: { type: 'muon', groups } }, 'optimizer.groups[0].lr', 2);
    expect(setPath(changed, 'optimizer.adamW.lr', 3)).toMatchObject({
      optimizer: { groups: [{ match: '*.bias', lr: 2 }], adamW: { lr: 3 } },
    });
  });

  test('sets what a squeezeExcitation is written with', () => {
    const network = (block: unknown) => ({ ...preset, network: [{ conv2d: { out: 8, kernel: 3 } }, block] });
    expect(setPath(network({ squeezeExcitation: 4 }), 'network[1].squeezeExcitation.activation', 'silu')).toEqual(
      network({ squeezeExcitation: { reduction: 4, activation: 'silu' } }),
    );
  });

  test('sets canonical layers too', () => {
    const canonical = parse(tinyRecipe);
    expect(setPath(canonical, 'network[0].out', 7)).toMatchObject({ network: { 0: { kind: 'conv2d', name: 'conv2d.1', out: 7 } } });
  });
});

describe('paths that a recipe does not have', () => {
  test.each([
    ['optimiser.lr', 'there is no `optimiser` in a recipe', 'did you mean optimizer.lr'],
    ['clip.nrom', 'there is no `nrom` in clip', 'did you mean clip.norm'],
    ['optimizer.learningrate', 'there is no `learningrate` in optimizer', 'allowed: type, lr'],
    ['network.simpleCnn.batchNrm', 'there is no `batchNrm` in network.simpleCnn', 'did you mean network.simpleCnn.batchNorm'],
    ['network[0].conv2d.out', 'network is {"simpleCnn":{"batchNorm":true}}, not a list', 'set network itself'],
    ['augment[2].randomCrop', 'there is no augment[2]', 'from 0 to 1'],
    ['augment[0].horizontalFlip.p', 'augment[0] is `randomCrop`, not `horizontalFlip`', 'set augment[0] itself'],
    ['seed.value', 'seed has no settings of its own', 'set seed itself'],
    ['optimizer..lr', '"optimizer..lr" is not a path', 'optimizer.lr'],
    ['', '"" is not a path', 'optimizer.lr'],
    ['network.residual', 'there is no `residual` in network', 'allowed: simpleCnn'],
    ['__proto__.lr', 'there is no `__proto__` in a recipe', 'allowed'],
  ])('%s', (path, message, help) => {
    expect(() => setPath(preset, path, 1)).toThrow(
      expect.objectContaining({ code: 'recipe.path', message, help: expect.stringContaining(help), place: path }),
    );
  });
});
