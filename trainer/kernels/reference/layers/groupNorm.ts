// groupNorm bound to gamma and beta.
import type { Values } from '../../../numbers/numbers.ts';
import type { Normalizer } from '../batchNorm2d.ts';
import { groupNormalizer, groupNormBackward, groupNormForward } from '../groupNorm.ts';
import { squaredGradient } from '../squaredGradient.ts';
import type { BindLayer } from './layer.ts';

export const bindGroupNorm: BindLayer<'groupNorm'> = ({ numbers, layer, resolved, maps, learned: { parameters, gradients } }) => {
  const { numGroups, eps } = layer;
  const { input: shape } = resolved;
  const [weight, bias] = resolved.parameters;
  const gamma = weight ? parameters.get(weight.name)! : numbers.allocate(shape[0]).fill(1);
  const beta = bias ? parameters.get(bias.name)! : numbers.allocate(shape[0]);
  let input: Values;
  let normalizer: Normalizer;
  return {
    maps,
    forward(x, { batch }) {
      input = x;
      normalizer = groupNormalizer(numbers, shape, numGroups, batch, x, eps);
      return groupNormForward(numbers, shape, numGroups, x, normalizer, gamma, beta);
    },
    backward(dy, { batch }, wantsInput) {
      const { dx, dgamma, dbeta } = groupNormBackward(numbers, shape, numGroups, batch, input, dy, normalizer, gamma);
      if (weight) gradients.set(weight.name, dgamma);
      if (bias) gradients.set(bias.name, dbeta);
      return wantsInput ? dx : null;
    },
    squaredGradients: () =>
      resolved.parameters.map(({ name }) => squaredGradient(numbers, 1, shape[0], (_row, c) => gradients.get(name)![c]!)),
  };
};
