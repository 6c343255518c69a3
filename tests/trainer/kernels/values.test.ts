// Values that are not ordinary numbers go through the generated kernels as through the reference: NaN, infinities, zeros of both signs,
// subnormals. NaN stays NaN in the same places.
import { describe, expect, test } from 'vitest';
import type { EngineSpec } from '../../../trainer/engine.ts';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { conv, flatten, linear, norm, pool, relu, smallCnn, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

/** A spec whose darkest pixels are `value`, in so few places that most of the network stays finite. */
function withPixel(spec: EngineSpec, value: number): EngineSpec {
  const pixelTable = spec.pixelTable.slice();
  pixelTable[255] = value;
  const images = spec.train.images.slice();
  images[spec.train.images.length / 4] = 255;
  const split = { ...spec.train, images };
  return { ...spec, pixelTable, train: split, test: split };
}

const plain = resolveNetwork([conv('c', 4), relu('r'), pool('p'), conv('c2', 3), pool('p2', 3, 1), flatten, linear('l')], [1, 8, 8], 3);
const poolFirst = resolveNetwork([conv('c', 4), pool('p'), relu('r'), flatten, linear('l')], [1, 8, 8], 3);

describe.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, 1e-40, -0])('a pixel of %d', (value) => {
  test.each([
    { name: 'without batch norm', network: plain },
    { name: 'pooling before ReLU', network: poolFirst },
    { name: 'with batch norm', network: smallCnn([1, 8, 8], 3, true) },
  ])('$name', ({ network }) => {
    const spec = withPixel(tinySpec(network, { batch: 40, optimizer: { type: 'sgd', lr: 0.1, momentum: 0.5, weightDecay: 0 } }), value);
    expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [40, 20]);
  });
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
