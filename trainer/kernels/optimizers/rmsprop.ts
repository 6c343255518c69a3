// rmsprop: v = madd((1 − α)·g, g, α·v); centered: a = madd(1 − α, g − a, a), u = madd(−a, a, v), at least 0; step g / (√u + eps), by way of a
// momentum where there is one.
import type { Rmsprop } from '../../optimizers/rmsprop.ts';
import { BLOCK } from '../plane.ts';
import type { KernelRule } from './rule.ts';

export function rmspropRule({ alpha, eps, momentum, centered, weightDecay }: Rmsprop): KernelRule {
  const buffered = momentum !== 0;
  const variant = [weightDecay !== 0 && 'decay', centered && 'centered', buffered && 'momentum'];
  return {
    code: ['rmsprop', ...variant.filter(Boolean)].join(' '),
    slots: ['v', ...(centered ? ['mean'] : []), ...(buffered ? ['momentum'] : [])],
    empty: 0,
    slotsFromStart: true,
    constantCount: 6,
    constants: ({ learningRate }) => [weightDecay, alpha, 1 - alpha, eps, momentum, -learningRate],
    decay: weightDecay === 0 ? null : 0,
    row(e, g, p, slots, [, keeping, adding, epsilon, ofMomentum, negativeRate]) {
      const [v, term] = [e.lanes(BLOCK), e.lanes(BLOCK)];
      const vAt = slots[0]!;
      e.load(v, vAt, 0);
      e.times(v, keeping!, v);
      e.times(term, adding!, g);
      e.madd(v, term, g, v);
      e.store(vAt, 0, v);
      if (centered) {
        const mean = e.lanes(BLOCK);
        const meanAt = slots[1]!;
        e.load(mean, meanAt, 0);
        e.subtract(term, g, mean);
        e.madd(mean, adding!, term, mean);
        e.store(meanAt, 0, mean);
        e.times(term, mean, e.uniform(BLOCK, -1));
        e.madd(v, term, mean, v);
        e.pseudoMax(v, v, e.uniform(BLOCK, 0));
      }
      e.squareRoot(v, v);
      e.add(v, v, epsilon!);
      e.divide(g, g, v);
      if (buffered) {
        const bufferAt = slots.at(-1)!;
        e.load(term, bufferAt, 0);
        e.madd(g, ofMomentum!, term, g);
        e.store(bufferAt, 0, g);
      }
      e.madd(p, negativeRate!, g, p);
    },
  };
}
