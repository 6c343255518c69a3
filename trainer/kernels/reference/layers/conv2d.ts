// conv2d bound to its weight and bias.
import type { Values } from '../../../numbers/numbers.ts';
import { type Convolution, conv2dBiasGradient, conv2dForward, conv2dInputGradient, conv2dWeightGradient } from '../conv2d.ts';
import { squaredGradient } from '../squaredGradient.ts';
import type { BindLayer } from './layer.ts';

export const bindConv2d: BindLayer<'conv2d'> = ({ numbers, layer, resolved, learned: { parameters, gradients } }) => {
  const { kernel, stride, padding } = layer;
  const convolution: Convolution = { input: resolved.input, output: resolved.output, kernel, stride, padding };
  const [CI] = resolved.input;
  const [CO] = resolved.output;
  const weightName = `${layer.name}.weight`;
  const biasName = `${layer.name}.bias`;
  const weight = parameters.get(weightName)!;
  const bias = layer.bias ? parameters.get(biasName)! : null;
  let input: Values;
  return {
    maps: resolved.output,
    forward(x, { batch }) {
      input = x;
      return conv2dForward(numbers, convolution, batch, x, weight, bias);
    },
    backward(dy, { batch }, wantsInput) {
      gradients.set(weightName, conv2dWeightGradient(numbers, convolution, batch, input, dy));
      if (layer.bias) gradients.set(biasName, conv2dBiasGradient(numbers, convolution, batch, dy));
      return wantsInput ? conv2dInputGradient(numbers, convolution, batch, dy, weight) : null;
    },
    squaredGradients() {
      const dw = gradients.get(weightName)!;
      // Rows kh, kw, ci; canonical (CO, CI, K·K).
      const taps = kernel * kernel;
      const ofWeight = squaredGradient(numbers, taps * CI, CO, (row, co) => dw[(co * CI + (row % CI)) * taps + Math.floor(row / CI)]!);
      if (!layer.bias) return [ofWeight];
      return [ofWeight, squaredGradient(numbers, 1, CO, (_row, co) => gradients.get(biasName)![co]!)];
    },
  };
};
