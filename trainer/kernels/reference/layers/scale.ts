// scale as a layer: its input times what its body gives.
import type { Values } from '../../../numbers/numbers.ts';
import { factorPlaces, scaleForward, scaleGateGradient, scaleInputGradient } from '../scale.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindScale: BindLayer<'scale'> = ({ numbers, resolved: { input: shape }, maps, otherMaps: [gateMaps] }) => {
  const places = factorPlaces(shape, maps, gateMaps!);
  let [input, gate] = [numbers.allocate(0), numbers.allocate(0)] as [Values, Values];
  return {
    maps,
    forward(x, _pass, [factors]) {
      [input, gate] = [x, factors!];
      return scaleForward(numbers, shape, places, x, gate);
    },
    backward: (dy, _pass, wantsInput) => (wantsInput ? scaleInputGradient(numbers, shape, places, dy, gate) : null),
    backwardOthers: (dy) => [scaleGateGradient(numbers, shape, places, input, dy)],
    squaredGradients: noSquares,
  };
};
