// maxPool2d as a layer.
import type { Values } from '../../../numbers/numbers.ts';
import { maxPoolBackward, maxPoolForward, type Pooling } from '../maxPool2d.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindMaxPool2d: BindLayer<'maxPool2d'> = ({ numbers, layer: { kernel, stride }, resolved: { input, output } }) => {
  const pooling: Pooling = { input, output, kernel, stride };
  let x: Values;
  let y: Values;
  return {
    maps: output,
    forward(values, { batch }) {
      x = values;
      y = maxPoolForward(numbers, pooling, batch, x);
      return y;
    },
    backward: (dy, { batch }, wantsInput) => (wantsInput ? maxPoolBackward(numbers, pooling, batch, x, y, dy) : null),
    squaredGradients: noSquares,
  };
};
