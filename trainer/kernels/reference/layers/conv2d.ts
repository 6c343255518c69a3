// conv2d bound to its weight and bias.

import { axesOf } from '../../../layers/axis.ts';
import { groupsOf } from '../../../layers/conv2d.ts';
import type { Values } from '../../../numbers/numbers.ts';
import { type Convolution, conv2dBiasGradient, conv2dForward, conv2dInputGradient, conv2dWeightGradient } from '../conv2d.ts';
import { squaredGradient } from '../squaredGradient.ts';
import type { BindLayer } from './layer.ts';

export const bindConv2d: BindLayer<'conv2d'> = ({ numbers, layer, resolved, learned: { parameters, gradients } }) => {
  const { kernel, stride, padding, dilation, paddingMode } = layer;
  const { input: maps, output } = resolved;
  const groups = groupsOf(layer, maps[0]);
  const convolution: Convolution = { input: maps, output, kernel, stride, padding, dilation, paddingMode, groups };
  const [I, O] = [maps[0] / groups, output[0] / groups];
  const weightName = `${layer.name}.weight`;
  const biasName = `${layer.name}.bias`;
  const weight = parameters.get(weightName)!;
  const bias = layer.bias ? parameters.get(biasName)! : null;
  let input: Values;
  return {
    maps: output,
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
      const [down, across] = axesOf(layer);
      const taps = down.kernel * across.kernel;
      // Rows kh, kw, ci; canonical (CO, I, KH·KW). Groups that fill a block of 16 both ways are matrices of their own, one after another.
      const apart = I >= 16 && O >= 16 ? groups : 1;
      const columns = output[0] / apart;
      let ofWeight = 0;
      for (let group = 0; group < apart; group++) {
        const at = (row: number, co: number) => dw[((group * columns + co) * I + (row % I)) * taps + Math.floor(row / I)]!;
        ofWeight = squaredGradient(numbers, taps * I, columns, at, ofWeight);
      }
      if (!layer.bias) return [ofWeight];
      return [ofWeight, squaredGradient(numbers, 1, output[0], (_row, co) => gradients.get(biasName)![co]!)];
    },
  };
};
