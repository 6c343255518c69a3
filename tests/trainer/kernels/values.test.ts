// Values that are not ordinary numbers go through the generated kernels as through the reference: NaN, infinities, zeros of both signs,
// subnormals. NaN stays NaN in the same places.
import { describe, expect, test } from 'vitest';
import type { EngineSpec } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import { activations, conv, flatten, linear, norm, pool, relu, smallCnn, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

/** A spec with one pixel of `value`, in so few places that most of the network stays finite. */
function withPixel(spec: EngineSpec, value: number, place = spec.train.images.length / 4): EngineSpec {
  const pixelTable = spec.pixelTable.slice();
  pixelTable[255] = value;
  const images = spec.train.images.slice();
  images[place] = 255;
  const split = { ...spec.train, images };
  return { ...spec, pixelTable, train: split, test: split };
}

const plain = resolveNetwork([conv('c', 4), relu('r'), pool('p'), conv('c2', 3), pool('p2', 3, 1), flatten, linear('l')], [1, 8, 8], 3);
const poolFirst = resolveNetwork([conv('c', 4), pool('p'), relu('r'), flatten, linear('l')], [1, 8, 8], 3);

const anyWindows = resolveNetwork(
  [
    ...[conv('c', 4), { kind: 'maxPool2d', name: 'p', kernel: 3, stride: 2, padding: 1 } as const, conv('c2', 3)],
    ...[{ kind: 'avgPool2d', name: 'a', kernel: 3, stride: 2, padding: 1 } as const, flatten, linear('l')],
  ],
  [1, 8, 8],
  3,
);
const sampleNorms = resolveNetwork(
  [
    ...[conv('c', 4), { kind: 'groupNorm', name: 'g', numGroups: 2, eps: 1e-5, affine: true } as const, relu('r'), pool('p')],
    ...[conv('c2', 3), { kind: 'layerNorm', name: 'l', eps: 1e-5, elementwiseAffine: true, bias: true } as const, flatten, linear('l2')],
  ],
  [1, 8, 8],
  3,
);
const normed = (layer: Layer) => resolveNetwork([conv('c', 4), norm('n'), layer, pool('p'), flatten, linear('l')], [1, 8, 8], 3);
/** Every activation but ReLU, with and without batch norm before it; pooling behind it, where one value decides a window. */
const behindEach = activations
  .filter(({ kind }) => kind !== 'relu')
  .flatMap((activation) =>
    [[], [norm('n')]].map((before) => ({
      name: `${activation.kind}${before.length > 0 ? ' with batch norm' : ''}`,
      network: resolveNetwork([conv('c', 4), ...before, activation, pool('p'), conv('c2', 3), flatten, linear('l')], [1, 8, 8], 3),
    })),
  );
const smallNorm = normed(relu('r'));

describe.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, 1e-40, -0])('a pixel of %d', (value) => {
  test.each([
    { name: 'without batch norm', network: plain },
    { name: 'pooling before ReLU', network: poolFirst },
    { name: 'with batch norm', network: smallCnn([1, 8, 8], 3, true) },
    ...behindEach,
    { name: 'pooling through padded windows', network: anyWindows },
    { name: 'norms of single samples', network: sampleNorms },
  ])('$name', ({ network }) => {
    const spec = withPixel(tinySpec(network, { batch: 40, optimizer: { type: 'sgd', lr: 0.1, momentum: 0.5, weightDecay: 0 } }), value);
    expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [40, 20]);
  });
});

// Where every value of a channel is NaN but x − mean is not, and where windows hold what is not finite beside what is.
describe.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, 0])(
  'batch norm with a weight and then a bias of %d',
  (value) => {
    test.each([
      { activation: 'relu', network: smallNorm },
      ...activations.filter(({ kind }) => kind !== 'relu').map((layer) => ({ activation: layer.kind, network: normed(layer) })),
    ])('$activation', ({ network }) => {
      for (const parameter of ['n.weight', 'n.bias']) {
        for (const pixel of [1, 3e38]) {
          const spec = withPixel(
            tinySpec(network, { batch: 40, optimizer: { type: 'sgd', lr: 0.1, momentum: 0.5, weightDecay: 0 } }),
            pixel,
          );
          const engines = [createWasmEngine(spec), createReferenceEngine(spec)] as const;
          for (const engine of engines) {
            const state = engine.readState();
            state.parameters.get(parameter)![1] = value;
            engine.writeState(state);
          }
          expectSameRuns(...engines, spec, [40, 20]);
        }
      }
    });
  },
);

// The last pixel of its window: a maximum that only looks at the first one would lose it.
test.each(activations)('a pixel of NaN behind $kind reaches the maximum from anywhere in its window', (activation) => {
  const network = resolveNetwork([activation, pool('p'), flatten, linear('l')], [1, 8, 8], 3);
  const spec = withPixel(tinySpec(network), Number.NaN, 9);
  const engine = createWasmEngine(spec);
  const { losses } = engine.trainStep({ samples: Uint32Array.of(0, 1), epoch: 1, step: 1, learningRate: 0.1 });
  expect([Number.isNaN(losses[0]!), Number.isNaN(losses[1]!)]).toEqual([true, false]);
});

// 39 images of 1.7e38 and one of −1.7e38 with a pixel of −3.4e38, the second of its window: its distance from the mean is not finite, that of
// the window's first pixel is. Behind ReLU every window's gradient is held back, so that 0·∞ alone decides the sums.
test.each(activations)('batch norm in front of $kind: one deviation that is not finite spoils the sums of its channel', (activation) => {
  const network = resolveNetwork([norm('n'), activation, pool('p'), flatten, linear('l')], [1, 8, 8], 3);
  const tiny = tinySpec(network, { batch: 40 });
  const images = tiny.train.images.map((_, i) => (i < 64 ? 1 : 0));
  images[1] = 2;
  const pixelTable = tiny.pixelTable.map((_, i) => [1.7e38, -1.7e38, -3.4e38][i] ?? 0);
  const split = { ...tiny.train, images };
  const spec = { ...tiny, pixelTable, train: split, test: split };
  const reference = createReferenceEngine(spec);
  expectSameRuns(createWasmEngine(spec), reference, spec, [40]);
  expect(reference.readGradients().get('n.weight')![0]).toBeNaN();
});

test('a weight of NaN reaches the loss and the prediction', () => {
  const spec = tinySpec(plain);
  const engine = createWasmEngine(spec);
  const state = engine.readState();
  state.parameters.get('l.weight')![0] = Number.NaN;
  engine.writeState(state);
  const { losses, predictions } = engine.trainStep({ samples: Uint32Array.of(0, 1), epoch: 1, step: 1, learningRate: 0.1 });
  expect([...losses]).toEqual([Number.NaN, Number.NaN]);
  expect([...predictions]).toEqual([0, 0]);
});

test('one value a channel has no variance', () => {
  const spec = tinySpec(resolveNetwork([flatten, linear('l', 4), norm('n'), linear('l2')], [1, 3, 3], 3));
  const step = () => createWasmEngine(spec).trainStep({ samples: Uint32Array.of(4), epoch: 1, step: 1, learningRate: 0.1 });
  expect(step).toThrow(/n has one value per channel/);
});
