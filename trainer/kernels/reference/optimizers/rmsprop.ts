// RMSprop, as torch.optim.RMSprop.
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import type { Rmsprop } from '../../../optimizers/rmsprop.ts';

/** What RMSprop keeps beside a parameter, in its shape; the means of the gradient and the momentum only where the settings ask for them. */
export interface RmspropSlots {
  v: Values;
  mean: Values | null;
  momentum: Values | null;
}

/** One step of a parameter and its slots in place. */
export function rmspropStep(
  { round, madd }: Numbers,
  { alpha, eps, momentum, weightDecay }: Rmsprop,
  learningRate: number,
  parameter: Values,
  gradient: Values,
  slots: RmspropSlots,
): void {
  const [decay, keeping, adding] = [round(weightDecay), round(alpha), round(1 - alpha)];
  const [least, ofMomentum, negativeRate] = [round(eps), round(momentum), round(-learningRate)];
  const { v, mean, momentum: buffer } = slots;
  for (let i = 0; i < parameter.length; i++) {
    const p = parameter[i]!;
    const g = weightDecay === 0 ? gradient[i]! : madd(decay, p, gradient[i]!);
    v[i] = madd(round(adding * g), g, round(keeping * v[i]!));
    let variance = v[i]!;
    if (mean !== null) {
      mean[i] = madd(adding, round(g - mean[i]!), mean[i]!);
      // A variance is never below 0; rounding may say so where the gradient hardly changes.
      variance = madd(-mean[i]!, mean[i]!, v[i]!);
      if (variance < 0) variance = 0;
    }
    let step = round(g / round(round(Math.sqrt(variance)) + least));
    if (buffer !== null) {
      buffer[i] = madd(ofMomentum, buffer[i]!, step);
      step = buffer[i]!;
    }
    parameter[i] = madd(negativeRate, step, p);
  }
}
