// residual as a layer: the sum of what its body gives and of the block's own input.
import { addShortcut, shortcutGradient, shortcutPlaces } from '../residual.ts';
import { type BindLayer, noSquares } from './layer.ts';

export const bindResidual: BindLayer<'residual'> = ({ numbers, maps, otherMaps: [shortcutMaps] }) => {
  const places = shortcutPlaces(maps, shortcutMaps!);
  return {
    maps,
    forward: (body, _pass, [shortcut]) => addShortcut(numbers, places, body, shortcut!),
    backward: (dy, _pass, wantsInput) => (wantsInput ? dy : null),
    backwardOthers: (dy) => [shortcutGradient(numbers, places, dy)],
    squaredGradients: noSquares,
  };
};
