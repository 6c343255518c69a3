// layerNorm bound to gamma and beta.
import type { Values } from '../../../numbers/numbers.ts';
import type { Normalizer } from '../batchNorm2d.ts';
import { groupNormalizer } from '../groupNorm.ts';
import { layerNormBackward, layerNormForward } from '../layerNorm.ts';
import { squaredGradient } from '../squaredGradient.ts';
import type { BindLayer } from './layer.ts';

export const bindLayerNorm: BindLayer<'layerNorm'> = ({ numbers, layer, resolved, maps, learned: { parameters, gradients } }) => {
  const { input: shape } = resolved;
  const [C, H, W] = shape;
  const [weight, bias] = resolved.parameters;
  const gamma = weight ? parameters.get(weight.name)! : numbers.allocate(C * H * W).fill(1);
  const beta = bias ? parameters.get(bias.name)! : numbers.allocate(C * H * W);
  let input: Values;
  let normalizer: Normalizer;
  return {
    maps,
    forward(x, { batch }) {
      input = x;
      normalizer = groupNormalizer(numbers, shape, 1, batch, x, layer.eps);
      return layerNormForward(numbers, shape, x, normalizer, gamma, beta);
    },
    backward(dy, { batch }, wantsInput) {
      const { dx, dgamma, dbeta } = layerNormBackward(numbers, shape, batch, input, dy, normalizer, gamma);
      if (weight) gradients.set(weight.name, dgamma);
      if (bias) gradients.set(bias.name, dbeta);
      return wantsInput ? dx : null;
    },
    // Rows h, w; columns c.
    squaredGradients: () =>
      resolved.parameters.map(({ name }) => squaredGradient(numbers, H * W, C, (row, c) => gradients.get(name)![c * H * W + row]!)),
  };
};
