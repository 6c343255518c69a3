// Lion (Chen et al., 2023): the sign of a mean of gradient and momentum.
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import type { Lion } from '../../../optimizers/lion.ts';

/** One step of a parameter and its momentum m in place. */
export function lionStep(
  { round, madd }: Numbers,
  { beta1, beta2, weightDecay }: Lion,
  learningRate: number,
  parameter: Values,
  gradient: Values,
  m: Values,
): void {
  const [b1, b2, oneMinusB1, oneMinusB2] = [round(beta1), round(beta2), round(1 - beta1), round(1 - beta2)];
  const shrinking = round(1 - learningRate * weightDecay);
  const negativeRate = round(-learningRate);
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]!;
    const direction = madd(oneMinusB1, g, round(b1 * m[i]!));
    m[i] = madd(oneMinusB2, g, round(b2 * m[i]!));
    const sign = direction < 0 ? -1 : direction > 0 ? 1 : direction;
    parameter[i] = madd(negativeRate, sign, round(shrinking * parameter[i]!));
  }
}
