// adam and adamW: m = madd(1 − β1, g − m, m), v = madd((1 − β2)·g, g, β2·v), p −= rate·m / madd(√v, 1/√bc2, eps); adamW shrinks p before;
// amsgrad divides by the largest v so far.
import { powInt } from '../../numbers/power.ts';
import type { Adam } from '../../optimizers/adam.ts';
import type { AdamW } from '../../optimizers/adamW.ts';
import { BLOCK } from '../plane.ts';
import type { KernelRule } from './rule.ts';

export function adamRule({ type, beta1, beta2, eps, weightDecay, amsgrad = false }: Adam | AdamW): KernelRule {
  const decays = weightDecay !== 0;
  const shrinks = decays && type === 'adamW';
  return {
    code: `adam${shrinks ? ' shrinking' : decays ? ' decay' : ''}${amsgrad ? ' amsgrad' : ''}`,
    slots: ['m', 'v', ...(amsgrad ? ['vMax'] : [])],
    empty: 0,
    slotsFromStart: true,
    constantCount: 7,
    constants({ learningRate, t }) {
      const rate = learningRate / (1 - powInt(beta1, t));
      const decay = shrinks ? 1 - learningRate * weightDecay : weightDecay;
      return [decay, 1 - beta1, beta2, 1 - beta2, rate, 1 / Math.sqrt(1 - powInt(beta2, t)), eps];
    },
    decay: decays && !shrinks ? 0 : null,
    row(e, g, p, [mAt, vAt, vMaxAt], [shrinking, mixing, keeping, adding, rate, inverseRoot, epsilon]) {
      const [m, v, term] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
      if (shrinks) e.times(p, shrinking!, p);
      e.load(m, mAt!, 0);
      e.subtract(term, g, m);
      e.madd(m, mixing!, term, m);
      e.store(mAt!, 0, m);
      e.load(v, vAt!, 0);
      e.times(v, keeping!, v);
      e.times(term, adding!, g);
      e.madd(v, term, g, v);
      e.store(vAt!, 0, v);
      if (amsgrad) {
        e.load(term, vMaxAt!, 0);
        e.pseudoMax(v, v, term);
        e.store(vMaxAt!, 0, v);
      }
      e.squareRoot(v, v);
      e.madd(v, v, inverseRoot!, epsilon!);
      e.times(m, rate!, m);
      e.divide(m, m, v);
      e.subtract(p, p, m);
    },
  };
}
