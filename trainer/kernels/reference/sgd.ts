// Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD without dampening.
import type { Numbers, Values } from '../../numbers/numbers.ts';
import type { Optimizer } from '../../recipe.ts';

type Sgd = Extract<Optimizer, { type: 'sgd' }>;

/**
 * One step of a parameter in place. `buffer` is the momentum of the steps before, null at the first; what it has become is returned,
 * null without momentum. All of one shape.
 */
export function sgdStep(
  { round, madd, allocate }: Numbers,
  settings: Sgd,
  learningRate: number,
  parameter: Values,
  gradient: Values,
  buffer: Values | null,
): Values | null {
  const decay = round(settings.weightDecay);
  const momentum = round(settings.momentum);
  const negativeRate = round(-learningRate);
  const decayed = settings.weightDecay === 0 ? gradient : allocate(gradient.length).map((_, i) => madd(decay, parameter[i]!, gradient[i]!));
  const step =
    buffer === null || settings.momentum === 0 ? decayed : allocate(buffer.length).map((_, i) => madd(momentum, buffer[i]!, decayed[i]!));
  for (let i = 0; i < parameter.length; i++) parameter[i] = madd(negativeRate, step[i]!, parameter[i]!);
  return settings.momentum === 0 ? null : step.slice();
}
