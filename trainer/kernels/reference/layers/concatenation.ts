// concatenation as a layer: what its branches give, side by side.
import { concatenate, concatenationGradient, concatenationPlaces } from '../concatenation.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindConcatenation: BindLayer<'concatenation'> = ({ numbers, resolved: { output }, maps, otherMaps }) => {
  const places = concatenationPlaces(output, [maps, ...otherMaps]);
  return {
    maps: output,
    forward: (first, _pass, others) => concatenate(numbers, places, [first, ...others]),
    backward: (dy, _pass, wantsInput) => (wantsInput ? concatenationGradient(numbers, places, 0, dy) : null),
    backwardOthers: (dy) => otherMaps.map((_, i) => concatenationGradient(numbers, places, i + 1, dy)),
    squaredGradients: noSquares,
  };
};
