// The reference engine behind trainer/engine.ts: learning, partial batches, state in and out, statistics, and what an ablation's variants share.
import { describe, expect, test } from 'vitest';
import type { Engine, EngineState } from '../../../trainer/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { squaredGradient } from '../../../trainer/kernels/reference/squaredGradient.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { fused } from '../../../trainer/numbers/numbers.ts';
import type { AugmentStep, Layer } from '../../../trainer/recipe.ts';
import { conv, flatten, linear, norm, relu, smallCnn, tinySpec } from './tiny.ts';

const samplesOf = (first: number, count: number) => Uint32Array.from({ length: count }, (_, i) => (first + 7 * i) % 40);

function train(engine: Engine, from: number, to: number, count = 16): void {
  for (let step = from; step <= to; step++) engine.trainStep({ samples: samplesOf(step, count), epoch: 1, step, learningRate: 0.01 });
}

const augment = [
  { kind: 'randomCrop', name: 'randomCrop.1', padding: 1 },
  { kind: 'horizontalFlip', name: 'horizontalFlip.1', p: 0.5 },
] as const;

const optimizers = [
  { type: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 },
  { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0.01 },
  { type: 'sgd', lr: 0.01, momentum: 0, weightDecay: 0 },
] as const;

describe.each(['fused', 'strict'] as const)('%s', (arithmetic) => {
  test('learns, and the same way twice', () => {
    const spec = tinySpec(smallCnn([1, 12, 12], 10, true), { arithmetic });
    const losses = (engine: Engine) =>
      Array.from({ length: 12 }, (_, i) => {
        const step = { samples: samplesOf(0, 16), epoch: i + 1, step: i + 1, learningRate: 0.01 };
        return (
          engine
            .trainStep(step)
            .losses.slice()
            .reduce((sum, loss) => sum + loss, 0) / 16
        );
      });
    const first = losses(createReferenceEngine(spec));
    expect(first[11]!).toBeLessThan(first[0]! / 1.5);
    expect(losses(createReferenceEngine(spec))).toEqual(first);
  });
});

test('fused and strict differ in bits, and only in bits', () => {
  const states = (['fused', 'strict'] as const).map((arithmetic) => {
    const engine = createReferenceEngine(tinySpec(smallCnn([1, 8, 8], 10, true), { arithmetic }));
    train(engine, 1, 1);
    return engine.readGradients().get('conv2d.1.weight')!;
  });
  expect(states[0]).not.toEqual(states[1]);
  for (const [i, value] of states[0]!.entries()) expect(Math.abs(value - states[1]![i]!)).toBeLessThan(1e-4);
});

test('a partial batch is trained at its own size', () => {
  const network = smallCnn([1, 8, 8], 10, true);
  const [large, small] = [16, 5].map((batch) => createReferenceEngine(tinySpec(network, { batch })));
  const step = { samples: samplesOf(3, 5), epoch: 1, step: 1, learningRate: 0.01 };
  const results = [large!.trainStep(step), small!.trainStep(step)];
  expect(results[0]!.losses.length).toBe(5);
  expect(results[0]).toEqual(results[1]);
  expect(large!.readState()).toEqual(small!.readState());
});

describe.each(optimizers)('state, $type with momentum $momentum', (optimizer) => {
  const spec = tinySpec(smallCnn([1, 8, 8], 10, true), { optimizer, augment: [...augment] });

  test('moves to another engine, which goes on with the same bits', () => {
    const [one, other] = [createReferenceEngine(spec), createReferenceEngine({ ...spec, seed: 1 })];
    train(one, 1, 3);
    const state = one.readState();
    other.writeState(state);
    train(one, 4, 6, 11);
    train(other, 4, 6, 11);
    expect(other.readState()).toEqual(one.readState());
    expect(one.readState()).not.toEqual(state);
  });

  test('goes back to the beginning', () => {
    const engine = createReferenceEngine(spec);
    const start = engine.readState();
    train(engine, 1, 2);
    const after = engine.readState();
    engine.writeState(start);
    expect(engine.readState()).toEqual(start);
    train(engine, 1, 2);
    expect(engine.readState()).toEqual(after);
  });

  test('is a copy', () => {
    const engine = createReferenceEngine(spec);
    engine.readState().parameters.get('conv2d.1.weight')!.fill(7);
    expect(engine.readState()).toEqual(createReferenceEngine(spec).readState());
  });
});

test('optimizer slots stand in the state as the contract names them', () => {
  const slots = optimizers.map((optimizer) => {
    const engine = createReferenceEngine(tinySpec(smallCnn([1, 8, 8], 10, false), { optimizer }));
    const before = [...engine.readState().optimizer.keys()].filter((key) => key.startsWith('linear.2.bias'));
    train(engine, 1, 1);
    return [before, [...engine.readState().optimizer.keys()].filter((key) => key.startsWith('linear.2.bias'))];
  });
  const moments = ['linear.2.bias/m', 'linear.2.bias/v'];
  expect(slots).toEqual([
    [moments, moments],
    [[], ['linear.2.bias/momentum']],
    [[], []],
  ]);
});

test('a state of another network is refused by name', () => {
  const engine = createReferenceEngine(tinySpec(smallCnn([1, 8, 8], 10, true)));
  const changed = (change: (state: EngineState) => void) => () => {
    const state = engine.readState();
    change(state);
    engine.writeState(state);
  };
  expect(changed((state) => state.parameters.delete('conv2d.1.bias'))).toThrow('nothing for conv2d.1.bias');
  expect(changed((state) => state.parameters.set('conv2d.1.bias', new Float32Array(3)))).toThrow('3 values for conv2d.1.bias');
  expect(changed((state) => state.batchNorm.delete('batchNorm2d.2'))).toThrow('batchNorm2d.2/runningMean');
  expect(changed((state) => state.optimizer.set('conv2d.9.bias/m', new Float32Array(4)))).toThrow('conv2d.9.bias/m');
});

describe('evaluation', () => {
  const spec = tinySpec(smallCnn([1, 8, 8], 10, true), { augment: [...augment] });

  test('changes nothing, augments nothing, drops nothing', () => {
    const engine = createReferenceEngine(spec);
    train(engine, 1, 2);
    const before = engine.readState();
    const evaluate = (statistics: 'running' | 'batch') => engine.evaluate({ part: 'train', samples: samplesOf(0, 9), statistics });
    const [running, batch] = [evaluate('running'), evaluate('batch')];
    expect(running.losses.length).toBe(9);
    expect(evaluate('running')).toEqual(running);
    expect(batch.losses).not.toEqual(running.losses);
    expect(engine.readState()).toEqual(before);

    // An engine of the same weights that knows neither augmentation nor dropout.
    const layers = spec.network.layers.map(({ layer }) => layer).filter(({ kind }) => kind !== 'dropout');
    const bare = createReferenceEngine({ ...spec, network: resolveNetwork(layers, [1, 8, 8], 10), augment: [] });
    bare.writeState(before);
    expect(bare.evaluate({ part: 'train', samples: samplesOf(0, 9), statistics: 'running' })).toEqual(running);
  });

  test('with running statistics takes each sample alone', () => {
    const engine = createReferenceEngine(spec);
    train(engine, 1, 2);
    const samples = samplesOf(0, 6);
    const together = engine.evaluate({ part: 'test', samples, statistics: 'running' });
    for (const [i, sample] of samples.entries()) {
      const alone = engine.evaluate({ part: 'test', samples: Uint32Array.of(sample), statistics: 'running' });
      expect([alone.losses[0], alone.predictions[0]]).toEqual([together.losses[i], together.predictions[i]]);
    }
  });
});

describe('batch norm', () => {
  test('keeps the batch’s statistics and moves the running ones towards them', () => {
    const engine = createReferenceEngine(tinySpec(smallCnn([1, 8, 8], 10, true)));
    train(engine, 1, 1);
    const { runningMean, runningVariance, batchMean, batchVariance } = engine.readState().batchNorm.get('batchNorm2d.1')!;
    const count = 16 * 64;
    for (let c = 0; c < 4; c++) {
      expect(runningMean[c]! / (0.1 * batchMean[c]!)).toBeCloseTo(1, 6);
      expect(runningVariance[c]!).toBeCloseTo(0.9 + (0.1 * batchVariance[c]! * count) / (count - 1), 6);
    }
  });

  test('refuses a single value per channel, as PyTorch does', () => {
    const network = resolveNetwork([flatten, linear('linear.1', 4), norm('batchNorm2d.1'), linear('linear.2')], [1, 4, 4], 3);
    const engine = createReferenceEngine(tinySpec(network));
    const step = { samples: Uint32Array.of(2), epoch: 1, step: 1, learningRate: 0.01 };
    expect(() => engine.trainStep(step)).toThrow('batchNorm2d.1 has one value per channel');
    expect(engine.evaluate({ part: 'train', samples: step.samples, statistics: 'running' }).losses.length).toBe(1);
  });
});

describe('variants of an ablation', () => {
  const engines = [true, false].map((batchNorm) =>
    createReferenceEngine(tinySpec(smallCnn([2, 8, 8], 10, batchNorm), { augment: [...augment] })),
  ) as [Engine, Engine];

  test('share every initial value they have in common', () => {
    const [withNorm, without] = engines.map((engine) => engine.readState().parameters) as [
      EngineState['parameters'],
      EngineState['parameters'],
    ];
    expect(without.size).toBe(8);
    for (const [name, values] of without) expect(withNorm.get(name)).toEqual(values);
  });

  test('share dropout masks: a dropped input has no weight gradient', () => {
    // One sample, so that a column of the last weight's gradient is zero exactly where dropout zeroed its input.
    const masks = engines.map((engine) => {
      engine.trainStep({ samples: Uint32Array.of(9), epoch: 3, step: 1, learningRate: 0 });
      return [...engine.readGradients().get('linear.2.weight')!.subarray(0, 10)].map((value) => value !== 0);
    });
    expect(masks[0]).toEqual(masks[1]);
    expect(new Set(masks[0]).size).toBe(2);
  });

  test('share crops and flips: a norm on the images sees the same pixels, whatever follows', () => {
    const pixelsSeen = (further: Layer[], steps: AugmentStep[]) => {
      const layers = [norm('images'), conv('conv2d.1', 2), ...further, flatten, linear('linear.1')];
      const engine = createReferenceEngine(tinySpec(resolveNetwork(layers, [1, 6, 6], 4), { augment: steps }));
      return Array.from({ length: 12 }, (_, sample) => {
        engine.trainStep({ samples: Uint32Array.of(sample), epoch: 2, step: sample + 1, learningRate: 0.01 });
        const { batchMean, batchVariance } = engine.readState().batchNorm.get('images')!;
        return [batchMean[0], batchVariance[0]];
      });
    };
    const plain = pixelsSeen([relu('relu.1')], [...augment]);
    expect(pixelsSeen([norm('batchNorm2d.1'), relu('relu.1')], [...augment])).toEqual(plain);
    expect(pixelsSeen([relu('relu.1')], [])).not.toEqual(plain);
  });
});

describe('squared gradients', () => {
  const network = smallCnn([2, 8, 8], 10, true);
  const engine = createReferenceEngine(tinySpec(network));
  const steps = Array.from({ length: 8 }, (_, i) => {
    const step = { samples: samplesOf(i, 16), epoch: 1, step: i + 1, learningRate: 0.01 };
    return { squares: engine.trainStep(step).squaredGradients, gradients: engine.readGradients() };
  });

  test('are those of the gradients, parameter by parameter', () => {
    for (const { squares, gradients } of steps) {
      expect(squares.length).toBe(network.parameters.length);
      for (const [i, { name }] of network.parameters.entries()) {
        const expected = gradients.get(name)!.reduce((sum, g) => sum + g * g, 0);
        expect(Math.abs(squares[i]! - expected)).toBeLessThanOrEqual(1e-6 * expected);
      }
    }
  });

  test.each([
    { name: 'conv2d.2', shape: [6, 4, 9] as const },
    { name: 'linear.1', shape: [10, 6, 4] as const },
  ])('go down the rows of $name in storage order', ({ name, shape: [outputs, channels, places] }) => {
    // Rows are (kh, kw, ci) of a convolution, (h, w, c) of what a linear layer takes behind a flatten; `shape` is (out, channels, places).
    const index = network.parameters.findIndex((parameter) => parameter.name === `${name}.weight`);
    const canonicalOrder = steps.map(({ squares, gradients }) => {
      const gradient = gradients.get(`${name}.weight`)!;
      const rows = channels * places;
      const stored = (row: number, out: number) => gradient[(out * channels + (row % channels)) * places + Math.floor(row / channels)]!;
      expect(squares[index]).toBe(squaredGradient(fused, rows, outputs, stored));
      return squaredGradient(fused, rows, outputs, (row, out) => gradient[out * rows + row]!);
    });
    // The order shows in the last bit at least once, or this test could not fail.
    expect(canonicalOrder).not.toEqual(steps.map(({ squares }) => squares[index]));
  });
});
