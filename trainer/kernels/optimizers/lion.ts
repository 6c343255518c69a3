// lion: c = madd(1 − β1, g, β1·m), m = madd(1 − β2, g, β2·m), p = madd(−rate, sign(c), shrunk p).
import type { Lion } from '../../optimizers/lion.ts';
import { BLOCK } from '../plane.ts';
import type { KernelRule } from './rule.ts';

export function lionRule({ beta1, beta2, weightDecay }: Lion): KernelRule {
  return {
    code: `lion${weightDecay === 0 ? '' : ' shrinking'}`,
    slots: ['m'],
    empty: 0,
    slotsFromStart: true,
    constantCount: 6,
    constants: ({ learningRate }) => [1 - learningRate * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, -learningRate],
    decay: null,
    row(e, g, p, [mAt], [shrinking, b1, oneMinusB1, b2, oneMinusB2, negativeRate]) {
      const [m, direction, mask] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
      const zero = e.uniform(BLOCK, 0);
      e.load(m, mAt!, 0);
      e.times(direction, b1!, m);
      e.madd(direction, oneMinusB1!, g, direction);
      e.times(m, b2!, m);
      e.madd(m, oneMinusB2!, g, m);
      e.store(mAt!, 0, m);
      // g is free by now: the sign, which is the direction itself where that is 0 or no number.
      e.less(mask, direction, zero);
      e.select(g, mask, e.uniform(BLOCK, -1), direction);
      e.less(mask, zero, direction);
      e.select(g, mask, e.uniform(BLOCK, 1), g);
      if (weightDecay !== 0) e.times(p, shrinking!, p);
      e.madd(p, negativeRate!, g, p);
    },
  };
}
