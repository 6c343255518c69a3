// avgPool2d as a layer.
import { avgPoolBackward, avgPoolForward } from '../avgPool2d.ts';
import type { Pooling } from '../windows.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindAvgPool2d: BindLayer<'avgPool2d'> = ({ numbers, layer: { kernel, stride }, resolved: { input, output } }) => {
  const pooling: Pooling = { input, output, kernel, stride };
  return {
    maps: output,
    forward: (x, { batch }) => avgPoolForward(numbers, pooling, batch, x),
    backward: (dy, { batch }, wantsInput) => (wantsInput ? avgPoolBackward(numbers, pooling, batch, dy) : null),
    squaredGradients: noSquares,
  };
};
