// Adagrad, as torch.optim.Adagrad.
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import type { Adagrad } from '../../../optimizers/adagrad.ts';

/** One step t (from 1) of a parameter and its sum of squares in place. */
export function adagradStep(
  { round, madd }: Numbers,
  { lrDecay, eps, weightDecay }: Adagrad,
  learningRate: number,
  t: number,
  parameter: Values,
  gradient: Values,
  sum: Values,
): void {
  const [decay, least] = [round(weightDecay), round(eps)];
  const negativeRate = round(-(learningRate / (1 + (t - 1) * lrDecay)));
  for (let i = 0; i < parameter.length; i++) {
    const p = parameter[i]!;
    const g = weightDecay === 0 ? gradient[i]! : madd(decay, p, gradient[i]!);
    sum[i] = madd(g, g, sum[i]!);
    parameter[i] = madd(negativeRate, round(g / round(round(Math.sqrt(sum[i]!)) + least)), p);
  }
}
