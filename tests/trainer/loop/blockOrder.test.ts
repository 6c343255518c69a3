// The orders of the lesson: convolution, batch norm, pooling, ReLU against convolution, batch norm, ReLU, pooling. With max pooling, whose
// largest value ReLU leaves the largest, outputs are equal, and so is everything that is learned; with average pooling nothing is.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createModel } from '../../../trainer/kernels/reference/model.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { fused } from '../../../trainer/numbers/numbers.ts';
import { type Layer, parseRecipe } from '../../../trainer/recipe.ts';
import { ofType, record } from '../recorded.ts';
import { averagePool, conv, flatten, linear, norm, pool, randomValues, relu } from '../reference/tiny.ts';

const samples = Uint32Array.from({ length: 5 }, (_, i) => i);

/** What two blocks in one order make of the same images, and what training once leaves of the first convolution's gradient. */
function outputs(order: readonly ((i: number) => Layer)[], statistics: 'batch' | 'running') {
  const block = (i: number) => [conv(`conv2d.${i}`, 6), norm(`batchNorm2d.${i}`), ...order.map((layer) => layer(i))];
  const network = resolveNetwork([...block(1), ...block(2), flatten, linear('linear.1')], [2, 9, 8], 3);
  const model = createModel(fused, network, 4);
  const pass = { batch: 5, samples, epoch: 1, training: statistics === 'batch', statistics };
  return model.forward(randomValues(fused, 5 * 2 * 9 * 8, 3), pass);
}

const [activate, max, average] = [
  (i: number) => relu(`relu.${i}`),
  (i: number) => pool(`maxPool2d.${i}`),
  (i: number) => averagePool(`avgPool2d.${i}`),
];

test.each(['batch', 'running'] as const)('max pooling, %s statistics: the outputs of both orders are equal', (statistics) => {
  const reluFirst = outputs([activate, max], statistics);
  expect([...outputs([max, activate], statistics)]).toEqual([...reluFirst]);
  expect(new Set(reluFirst).size).toBeGreaterThan(10);
});

test('average pooling: they are not', () => {
  expect([...outputs([average, activate], 'batch')]).not.toEqual([...outputs([activate, average], 'batch')]);
});

test('training either order of simpleCnn gives one fingerprint', async () => {
  const fingerprints = await Promise.all(
    (['reluPool', 'poolRelu'] as const).map(async (order) => {
      const facts = await record({ network: { simpleCnn: { width: 4, order } }, epochs: 2 });
      return ofType(facts, 'RunCompleted')[0]!.data.fingerprint;
    }),
  );
  expect(fingerprints[1]).toBe(fingerprints[0]);
});

test('the shipped recipes are these two orders, and simpleCnn is the first', () => {
  const networkOf = (name: string) =>
    parseRecipe(parse(readFileSync(new URL(`../../../recipes/${name}.yaml`, import.meta.url), 'utf8'))).network;
  const kinds = (name: string) => networkOf(name).map(({ kind }) => kind);
  expect(networkOf('mnist-relu-pool')).toEqual(networkOf('mnist-simple-cnn'));
  expect(kinds('mnist-relu-pool').slice(0, 4)).toEqual(['conv2d', 'batchNorm2d', 'relu', 'maxPool2d']);
  expect(kinds('mnist-pool-relu').slice(0, 4)).toEqual(['conv2d', 'batchNorm2d', 'maxPool2d', 'relu']);
});
