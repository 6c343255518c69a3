// Either batch norm bound to gamma, beta and its statistics.
import { RunledgerError } from '../../../errors.ts';
import { type BatchNorm, tracksStatistics } from '../../../layers/norms.ts';
import type { Values } from '../../../numbers/numbers.ts';
import {
  batchNormalizer,
  batchNormBackward,
  batchNormForward,
  batchNormMoments,
  type Normalizer,
  runningNormalizer,
  updateRunning,
} from '../batchNorm2d.ts';
import { squaredGradient } from '../squaredGradient.ts';
import type { Binding, ReferenceLayer } from './layer.ts';

export function bindBatchNorm({
  numbers,
  layer,
  resolved,
  maps,
  learned: { parameters, gradients, batchNorm },
}: Binding<BatchNorm>): ReferenceLayer {
  const [C, H, W] = resolved.input;
  const weightName = `${layer.name}.weight`;
  const biasName = `${layer.name}.bias`;
  const affine = resolved.parameters.length > 0;
  const gamma = parameters.get(weightName) ?? numbers.allocate(C).fill(1);
  const beta = parameters.get(biasName) ?? numbers.allocate(C);
  const state = tracksStatistics(layer) ? batchNorm.get(layer.name)! : null;
  let input: Values;
  let normalizer: Normalizer;
  return {
    maps,
    forward(x, { batch, training, statistics }) {
      input = x;
      if (state && statistics === 'running') {
        normalizer = runningNormalizer(numbers, state.runningMean, state.runningVariance, layer.eps);
      } else {
        if (batch * H * W === 1) throw oneValue(layer.name);
        const moments = batchNormMoments(numbers, resolved.input, batch, x);
        normalizer = batchNormalizer(numbers, moments, layer.eps);
        if (training && state) {
          if (state.batchesTracked !== undefined) state.batchesTracked++;
          updateRunning(state.runningMean, state.runningVariance, moments, layer.momentum ?? 1 / state.batchesTracked!);
          state.batchMean.set(normalizer.mean);
          for (const [c, { m2, count }] of moments.entries()) state.batchVariance[c] = m2 / count;
        }
      }
      return batchNormForward(numbers, C, x, normalizer, gamma, beta);
    },
    backward(dy, { batch }, wantsInput) {
      const { dx, dgamma, dbeta } = batchNormBackward(numbers, resolved.input, batch, input, dy, normalizer, gamma);
      if (affine) {
        gradients.set(weightName, dgamma);
        gradients.set(biasName, dbeta);
      }
      return wantsInput ? dx : null;
    },
    squaredGradients: () => resolved.parameters.map(({ name }) => squaredGradient(numbers, 1, C, (_row, c) => gradients.get(name)![c]!)),
  };
}

function oneValue(layer: string): RunledgerError {
  return new RunledgerError('engine.batchNorm', `${layer} has one value per channel (batch 1, map 1 × 1), and a variance needs two`, {
    help: 'set dropLast: true, or choose a batch that leaves no single sample',
    place: layer,
  });
}
