// relu as a layer.
import type { Values } from '../../../numbers/numbers.ts';
import { reluBackward, reluForward } from '../relu.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindRelu: BindLayer<'relu'> = ({ numbers, maps }) => {
  let input: Values;
  return {
    maps,
    forward(x) {
      input = x;
      return reluForward(numbers, x);
    },
    backward: (dy, _pass, wantsInput) => (wantsInput ? reluBackward(numbers, input, dy) : null),
    squaredGradients: noSquares,
  };
};
