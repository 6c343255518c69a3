import { expect, test } from 'vitest';
import { parseRecipe } from '../../../trainer/index.ts';
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
