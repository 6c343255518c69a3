// gelu as a layer.
import type { Values } from '../../../numbers/numbers.ts';
import { geluBackward, geluForward } from '../gelu.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindGelu: BindLayer<'gelu'> = ({ numbers, maps }) => {
  let input: Values;
  return {
    maps,
    forward(x) {
      input = x;
      return geluForward(numbers, x);
    },
    backward: (dy, _pass, wantsInput) => (wantsInput ? geluBackward(numbers, input, dy) : null),
    squaredGradients: noSquares,
  };
};
