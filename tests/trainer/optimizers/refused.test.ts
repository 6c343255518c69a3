// What is refused of an optimizer and of what stands beside it, with the place, the value and what is allowed.
import { expect, test } from 'vitest';
import { parseRecipe } from '../../../trainer/index.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const cases: [change: Record<string, unknown>, code: string, message: string, help: string][] = [
  [{ optimizer: { type: 'sgd', nesterov: true } }, 'recipe.value', 'optimizer.nesterov is true', 'momentum is above 0 and dampening is 0'],
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
  [{ optimizer: { type: 'muon', nsCoefficients: [1, 2] } }, 'recipe.value', 'optimizer.nsCoefficients is [1,2]', 'three numbers in a list'],
  [{ ema: 0.9 }, 'recipe.value', 'ema is 0.9', 'decay'],
  [{ ema: { decay: 1 } }, 'recipe.value', 'ema.decay is 1', 'a number from 0, below 1'],
  [{ accumulate: 0 }, 'recipe.value', 'accumulate is 0', 'an integer from 1'],
  [{ clip: 1 }, 'recipe.value', 'clip is 1', 'norm or value'],
  [{ clip: { norm: 1, value: 1 } }, 'recipe.value', 'clip is {"norm":1,"value":1}', 'one of them'],
  [{ clip: { norm: 0 } }, 'recipe.value', 'clip.norm is 0', 'a number above 0'],
];

test.each(cases)('%j', (change, code, message, help) => {
  expect(() => parseRecipe({ ...tinyRecipe, ...change })).toThrow(
    expect.objectContaining({ code, message, help: expect.stringContaining(help), place: expect.any(String) }),
  );
});
