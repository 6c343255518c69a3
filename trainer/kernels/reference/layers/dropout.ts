// dropout as a layer: draws its mask in training, passes x through otherwise.
import type { Values } from '../../../numbers/numbers.ts';
import { dropoutKey } from '../../../random/draws.ts';
import { applyDropout, dropoutFactors } from '../dropout.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindDropout: BindLayer<'dropout'> = ({ numbers, seed, layer: { name, p }, resolved: { input }, maps }) => {
  const key = dropoutKey(seed, name);
  const elements = input[0] * input[1] * input[2];
  let factors: Values;
  return {
    maps,
    forward(x, { training, samples, epoch }) {
      if (!training) return x;
      factors = dropoutFactors(numbers, key, p, samples, epoch, elements);
      return applyDropout(numbers, factors, x);
    },
    backward: (dy, _pass, wantsInput) => (wantsInput ? applyDropout(numbers, factors, dy) : null),
    squaredGradients: noSquares,
  };
};
