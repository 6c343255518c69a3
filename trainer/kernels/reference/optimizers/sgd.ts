// Stochastic gradient descent with momentum, dampening and weight decay, as torch.optim.SGD.
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import type { Sgd } from '../../../optimizers/sgd.ts';

/**
 * One step of a parameter in place. `buffer` is the momentum of the steps before, null at the first; what it has become is returned,
 * null without momentum. All of one shape.
 */
export function sgdStep(
  { round, madd, allocate }: Numbers,
  { momentum, dampening = 0, nesterov = false, weightDecay }: Sgd,
  learningRate: number,
  parameter: Values,
  gradient: Values,
  buffer: Values | null,
): Values | null {
  const decay = round(weightDecay);
  const keeping = round(momentum);
  const adding = round(1 - dampening);
  const negativeRate = round(-learningRate);
  const kept = momentum === 0 ? null : allocate(gradient.length);
  for (let i = 0; i < parameter.length; i++) {
    const p = parameter[i]!;
    const g = weightDecay === 0 ? gradient[i]! : madd(decay, p, gradient[i]!);
    let step = g;
    if (kept !== null) {
      kept[i] = buffer === null ? g : madd(keeping, buffer[i]!, dampening === 0 ? g : round(adding * g));
      step = nesterov ? madd(keeping, kept[i]!, g) : kept[i]!;
    }
    parameter[i] = madd(negativeRate, step, p);
  }
  return kept;
}
