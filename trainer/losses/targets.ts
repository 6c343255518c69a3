// What outputs are compared with: one number a class and sample, from labels or given; and the two numbers that make sums of one sample the
// loss of a batch. Worked out in double, once a class or batch; engines round them once (docs/numerics.md).
import { RunledgerError } from '../errors.ts';
import { type Loss, lossName, lossSettings } from './index.ts';

/** The probabilities that a label stands for. */
export function oneHot(classes: number, label: number): Float64Array {
  const row = new Float64Array(classes);
  row[label] = 1;
  return row;
}

/** Targets of one sample, (classes), of the probabilities `q` of its classes: with crossEntropy smoothed, times the weights of the classes. */
export function targetRow(loss: Loss, q: ArrayLike<number>): Float64Array {
  const { labelSmoothing = 0, weight } = lossSettings(loss);
  const classes = q.length;
  return Float64Array.from(q, (own, k) => ((1 - labelSmoothing) * own + labelSmoothing / classes) * (weight?.[k] ?? 1));
}

export interface LossFactors {
  /** Of a sample's sum over classes: the loss of a batch is the mean of the products. */
  ofLoss: number;
  /** Of its derivatives. */
  ofGradient: number;
}

/** For a batch of `batch` samples; `labels` are left out where targets are given, which PyTorch does not divide by the weights. */
export function lossFactors(loss: Loss, classes: number, batch: number, labels: Iterable<number> | null): LossFactors {
  const { weight } = lossSettings(loss);
  switch (lossName(loss)) {
    case 'mse':
      return { ofLoss: 1 / classes, ofGradient: 2 / (batch * classes) };
    case 'bceWithLogits':
      return { ofLoss: 1 / classes, ofGradient: 1 / (batch * classes) };
    case 'crossEntropy': {
      if (weight === undefined || labels === null) return { ofLoss: 1, ofGradient: 1 / batch };
      let sum = 0;
      for (const label of labels) sum += weight[label]!;
      return { ofLoss: batch / sum, ofGradient: 1 / sum };
    }
  }
}

/** The targets of a training step, (samples, classes), or null where labels count. Throws `engine.targets` where they are not what the engine was made for. */
export function stepTargets(
  wanted: boolean | undefined,
  samples: number,
  classes: number,
  targets: Float32Array | undefined,
): Float32Array | null {
  const expected = wanted ? samples * classes : undefined;
  if (targets?.length === expected) return targets ?? null;
  const takes = wanted ? `takes ${classes} of them for each sample` : 'takes none';
  throw new RunledgerError('engine.targets', `a training step of ${samples} samples was given ${targets?.length ?? 'no'} targets`, {
    help: `an engine made ${wanted ? 'with' : 'without'} givenTargets ${takes}`,
  });
}
