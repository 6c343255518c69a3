// Any pooling as a layer.
import { type PoolingLayer, poolingOf, takenBy } from '../../../layers/poolings.ts';
import type { Values } from '../../../numbers/numbers.ts';
import { avgPoolBackward, avgPoolForward } from '../avgPool2d.ts';
import { maxPoolBackward, maxPoolForward } from '../maxPool2d.ts';
import { type Binding, noSquares, type ReferenceLayer } from './layer.ts';

export function bindPooling({ numbers, layer, resolved: { input, output } }: Binding<PoolingLayer>): ReferenceLayer {
  const pooling = poolingOf(layer, input);
  if (takenBy(layer) === 'average') {
    return {
      maps: output,
      forward: (x, { batch }) => avgPoolForward(numbers, pooling, batch, x),
      backward: (dy, { batch }, wantsInput) => (wantsInput ? avgPoolBackward(numbers, pooling, batch, dy) : null),
      squaredGradients: noSquares,
    };
  }
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
}
