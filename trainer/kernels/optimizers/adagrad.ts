// adagrad: s = madd(g, g, s); p = madd(−rate, g / (√s + eps), p), the rate divided by 1 + (t − 1)·lrDecay.
import type { Adagrad } from '../../optimizers/adagrad.ts';
import { BLOCK } from '../plane.ts';
import type { KernelRule } from './rule.ts';

export function adagradRule({ lrDecay, initialAccumulatorValue, eps, weightDecay }: Adagrad): KernelRule {
  return {
    code: `adagrad${weightDecay === 0 ? '' : ' decay'}`,
    slots: ['sum'],
    empty: initialAccumulatorValue,
    slotsFromStart: true,
    constantCount: 3,
    constants: ({ learningRate, t }) => [weightDecay, eps, -(learningRate / (1 + (t - 1) * lrDecay))],
    decay: weightDecay === 0 ? null : 0,
    row(e, g, p, [sumAt], [, epsilon, negativeRate]) {
      const sum = e.lanes(BLOCK);
      e.load(sum, sumAt!, 0);
      e.madd(sum, g, g, sum);
      e.store(sumAt!, 0, sum);
      e.squareRoot(sum, sum);
      e.add(sum, sum, epsilon!);
      e.divide(g, g, sum);
      e.madd(p, negativeRate!, g, p);
    },
  };
}
