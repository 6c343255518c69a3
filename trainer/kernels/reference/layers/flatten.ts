// flatten as a layer: storage order stays, only the shape changes.
import { type BindLayer, noSquares } from './layer.ts';

export const bindFlatten: BindLayer<'flatten'> = ({ maps }) => ({
  maps,
  forward: (x) => x,
  backward: (dy, _pass, wantsInput) => (wantsInput ? dy : null),
  squaredGradients: noSquares,
});
