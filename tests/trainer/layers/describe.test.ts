// Shapes, parameters, operations and receptive fields of a network, from arithmetic done by hand.
import { expect, test } from 'vitest';
import { describeNetwork, parseRecipe, resolveNetwork, type Shape } from '../../../trainer/index.ts';
import { planMemory } from '../../../trainer/kernels/planMemory.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const resolve = (network: unknown, input: Shape = [3, 32, 32]) =>
  resolveNetwork(parseRecipe({ ...tinyRecipe, network }).network, input, 10);
const fields = (network: unknown, input?: Shape) =>
  describeNetwork(resolve(network, input)).map(({ name, receptiveField }) => [name, ...receptiveField]);
const conv = (out: number, kernel: number, stride = 1) => ({
  conv2d: { out, kernel, stride, padding: Math.floor(kernel / 2) },
});
const end = ['flatten', { linear: 'classes' }];

test('the seed network: FLOPs are two a multiply-add, of what has weights', () => {
  const layers = describeNetwork(resolve('simpleCnn'));
  const flops = [2 * 16 * 27 * 1024, 2 * 32 * 144 * 256, 2 * 2048 * 128, 2 * 128 * 10];
  expect(layers.filter((layer) => layer.flops > 0).map((layer) => layer.flops)).toEqual(flops);
  // The first layer has no input gradient.
  expect(layers.reduce((sum, { trainingFlops }) => sum + trainingFlops, 0)).toBe(2 * flops[0]! + 3 * (flops[1]! + flops[2]! + flops[3]!));
  expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(268_650 + 96);
});

test('receptive fields grow by (kernel − 1) times the strides before, up to the whole image', () => {
  expect(fields([conv(4, 3), { maxPool2d: 2 }, conv(4, 3), { avgPool2d: { kernel: 3, stride: 2 } }, conv(4, 5), 'relu', ...end])).toEqual([
    ['conv2d.1', 3, 3],
    ['maxPool2d.1', 4, 4],
    ['conv2d.2', 8, 8],
    ['avgPool2d.1', 12, 12],
    ['conv2d.3', 28, 28],
    ['relu.1', 28, 28],
    ['flatten.1', 32, 32],
    ['linear.1', 32, 32],
  ]);
  expect(fields([conv(4, 7), conv(4, 7), ...end], [1, 9, 30])[1]).toEqual(['conv2d.2', 9, 13]);
});

test('what joins sees what its widest branch sees; a gate sees the whole map', () => {
  const block = { residual: { body: [conv(8, 3, 2), conv(8, 3)], shortcut: [conv(8, 1, 2)] } };
  expect(fields([conv(4, 3), block, { concatenation: [[], [conv(4, 1)], [conv(4, 5)]] }, conv(4, 3), ...end]).slice(0, 8)).toEqual([
    ['conv2d.1', 3, 3],
    ['residual.1/conv2d.1', 5, 5],
    ['residual.1/conv2d.2', 9, 9],
    ['residual.1/shortcut/conv2d.1', 3, 3],
    ['residual.1', 9, 9],
    ['concatenation.1/branch.2/conv2d.1', 9, 9],
    ['concatenation.1/branch.3/conv2d.1', 17, 17],
    ['concatenation.1', 17, 17],
  ]);
  expect(
    fields([conv(4, 3), { scale: [{ avgPool2d: 32 }, 'flatten', { linear: 4 }] }, ...end]).find(([name]) => name === 'scale.1'),
  ).toEqual(['scale.1', 32, 32]);
});

test('memory grows with the batch and the threads', () => {
  const network = resolve('simpleCnn');
  const memory = (batch: number, threads: number) => planMemory(parseRecipe({ ...tinyRecipe, batch }), network, threads);
  expect(memory(64, 2)).toBeGreaterThan(memory(64, 1));
  const [small, large] = [memory(16, 1), memory(64, 1)];
  // Maps and gradients of a sample: three planes of 16 × 32 × 32 floats at least.
  expect(large - small).toBeGreaterThan(48 * 3 * 65536);
  expect(large - small).toBeLessThan(48 * 8 * 65536);
});
