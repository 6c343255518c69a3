// Which rule moves which parameter: patterns, groups, vectors without decay, what Muon leaves to AdamW, and rates under a schedule.
import { describe, expect, test } from 'vitest';
import { checkRecipe, parseRecipe } from '../../../trainer/index.ts';
import { assign, matches } from '../../../trainer/optimizers/assign.ts';
import { syntheticDataSet, tinyRecipe } from '../syntheticDataSet.ts';

const dataset = syntheticDataSet();

/** Kind, weight decay and rate (while the schedule gives half of the optimizer's) of each parameter of the tiny network. */
function assigned(optimizer: object): Record<string, [type: string, weightDecay: number, rate: number]> {
  const recipe = parseRecipe({ ...tinyRecipe, optimizer });
  const { parameters } = checkRecipe(recipe, dataset);
  return Object.fromEntries(
    parameters.map((parameter) => {
      const { rule, rate } = assign(recipe.optimizer, parameter, parameters);
      return [parameter.name, [rule.type, rule.weightDecay, rate(recipe.optimizer.lr / 2)]];
    }),
  );
}

test.each([
  ['batchNorm2d.*', 'batchNorm2d.1.weight', true],
  ['batchNorm2d.*', 'residual.1/batchNorm2d.1.weight', false],
  ['*batchNorm2d.*', 'residual.1/batchNorm2d.1.weight', true],
  ['residual.1/*', 'residual.1/residual.1/conv2d.1.bias', true],
  ['*.bias', 'conv2d.1.bias', true],
  ['*.bias', 'conv2d.1.biased', false],
  ['conv2d.1.weight', 'conv2d.1.weight', true],
  ['conv2d.1.weight', 'conv2d-1.weight', false],
  ['conv2d.1*weight', 'conv2d.1.weight', true],
  ['*', 'anything', true],
])('%s for %s: %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

describe('groups', () => {
  test('the first that matches counts; what it does not say is the optimizer’s', () => {
    const groups = [
      { match: 'batchNorm2d.*', weightDecay: 0 },
      { match: '*.bias', lr: 0.4, weightDecay: 0.5 },
      { match: 'linear.*', lr: 0.8 },
    ];
    expect(assigned({ type: 'sgd', lr: 0.1, weightDecay: 0.2, groups })).toEqual({
      'conv2d.1.weight': ['sgd', 0.2, 0.05],
      'conv2d.1.bias': ['sgd', 0.5, 0.2],
      'batchNorm2d.1.weight': ['sgd', 0, 0.05],
      'batchNorm2d.1.bias': ['sgd', 0, 0.05],
      'linear.1.weight': ['sgd', 0.2, 0.4],
      'linear.1.bias': ['sgd', 0.5, 0.2],
      'linear.2.weight': ['sgd', 0.2, 0.4],
      'linear.2.bias': ['sgd', 0.5, 0.2],
    });
  });

  test('biases and norms without decay, unless a group says one', () => {
    const groups = [{ match: 'linear.2.bias', weightDecay: 0.3 }];
    const decays = Object.entries(assigned({ type: 'adamW', weightDecay: 0.1, decayBiasesAndNorms: false, groups }));
    expect(decays.filter(([, [, decay]]) => decay === 0).map(([name]) => name)).toEqual([
      'conv2d.1.bias',
      'batchNorm2d.1.weight',
      'batchNorm2d.1.bias',
      'linear.1.bias',
    ]);
    expect(Object.fromEntries(decays)['linear.2.bias']![1]).toBe(0.3);
  });

  test('a pattern that matches nothing is refused with the names there are', () => {
    const recipe = parseRecipe({ ...tinyRecipe, optimizer: { type: 'adam', groups: [{ match: '*' }, { match: 'batchNorm.*' }] } });
    expect(() => checkRecipe(recipe, dataset)).toThrow(
      expect.objectContaining({
        code: 'recipe.group',
        message: 'optimizer.groups[1].match is "batchNorm.*", and no parameter is named like that',
        help: expect.stringContaining('conv2d.1.weight, conv2d.1.bias, batchNorm2d.1.weight'),
        place: 'optimizer.groups[1].match',
      }),
    );
  });
});

describe('muon', () => {
  test('leaves vectors and the last linear layer to AdamW, whose rate follows the schedule too', () => {
    const own = ['muon', 0.1, 0.01];
    const other = ['adamW', 0.01, 0.002];
    expect(assigned({ type: 'muon', lr: 0.02, adamW: { lr: 0.004 } })).toEqual({
      'conv2d.1.weight': own,
      'conv2d.1.bias': other,
      'batchNorm2d.1.weight': other,
      'batchNorm2d.1.bias': other,
      'linear.1.weight': own,
      'linear.1.bias': other,
      'linear.2.weight': other,
      'linear.2.bias': other,
    });
    expect(assigned({ type: 'muon', lr: 0.02, lastLinear: 'muon' })['linear.2.weight']).toEqual(own);
  });
});

test('settings that say nothing leave no trace in the canonical form', () => {
  const plain = parseRecipe({ ...tinyRecipe, optimizer: { type: 'sgd' } });
  const said = { type: 'sgd', nesterov: false, dampening: 0, groups: [], decayBiasesAndNorms: true };
  expect(JSON.stringify(parseRecipe({ ...tinyRecipe, optimizer: said }))).toBe(JSON.stringify(plain));
  expect(Object.keys(plain)).not.toContain('clip');
});
