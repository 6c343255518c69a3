// Any activation as a layer.
import type { Activation } from '../../../layers/activations.ts';
import type { Values } from '../../../numbers/numbers.ts';
import { activationBackward, activationForward } from '../activations.ts';
import { type Binding, noSquares, type ReferenceLayer } from './layer.ts';

export function bindActivation({ numbers, layer, maps }: Binding<Activation>): ReferenceLayer {
  let input: Values;
  return {
    maps,
    forward(x) {
      input = x;
      return activationForward(numbers, layer, x);
    },
    backward: (dy, _pass, wantsInput) => (wantsInput ? activationBackward(numbers, layer, input, dy) : null),
    squaredGradients: noSquares,
  };
}
