// sgd: buffer = madd(momentum, buffer, g), at the first step g itself; p = madd(−rate, buffer, p).
import type { Sgd } from '../../optimizers/sgd.ts';
import { BLOCK } from '../plane.ts';
import type { KernelRule } from './rule.ts';

export function sgdRule({ momentum, dampening = 0, nesterov = false, weightDecay }: Sgd): KernelRule {
  const buffered = momentum !== 0;
  const variant = [weightDecay !== 0 && 'decay', buffered && 'momentum', dampening !== 0 && 'dampening', nesterov && 'nesterov'];
  return {
    code: ['sgd', ...variant.filter(Boolean)].join(' '),
    slots: buffered ? ['momentum'] : [],
    // madd(momentum, −0, g) is g itself, −0 included, so the first step needs no code of its own.
    empty: -0,
    slotsFromStart: false,
    constantCount: 4,
    constants: ({ learningRate, fresh }) => [weightDecay, momentum, -learningRate, fresh ? 1 : 1 - dampening],
    decay: weightDecay === 0 ? null : 0,
    row(e, g, p, [bufferAt], [, keeping, negativeRate, adding]) {
      if (buffered) {
        const buffer = e.lanes(BLOCK);
        e.load(buffer, bufferAt!, 0);
        if (dampening === 0) e.madd(buffer, keeping!, buffer, g);
        else {
          const added = e.lanes(BLOCK);
          e.times(added, adding!, g);
          e.madd(buffer, keeping!, buffer, added);
        }
        e.store(bufferAt!, 0, buffer);
        if (nesterov) e.madd(g, keeping!, buffer, g);
        else e.copy(g, buffer);
      }
      e.madd(p, negativeRate!, g, p);
    },
  };
}
