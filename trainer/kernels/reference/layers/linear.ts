// linear bound to its weight and bias.
import type { Values } from '../../../numbers/numbers.ts';
import { canonicalColumns, linearBiasGradient, linearForward, linearInputGradient, linearWeightGradient } from '../linear.ts';
import { squaredGradient } from '../squaredGradient.ts';
import type { BindLayer } from './layer.ts';

export const bindLinear: BindLayer<'linear'> = ({ numbers, layer, resolved, maps, learned: { parameters, gradients } }) => {
  const [O] = resolved.output;
  const columns = canonicalColumns(maps);
  const I = columns.length;
  const weightName = `${layer.name}.weight`;
  const biasName = `${layer.name}.bias`;
  const weight = parameters.get(weightName)!;
  const bias = layer.bias ? parameters.get(biasName)! : null;
  let input: Values;
  return {
    maps: resolved.output,
    forward(x, { batch }) {
      input = x;
      return linearForward(numbers, columns, O, batch, x, weight, bias);
    },
    backward(dy, { batch }, wantsInput) {
      gradients.set(weightName, linearWeightGradient(numbers, columns, O, batch, input, dy));
      if (layer.bias) gradients.set(biasName, linearBiasGradient(numbers, O, batch, dy));
      return wantsInput ? linearInputGradient(numbers, columns, O, batch, dy, weight) : null;
    },
    squaredGradients() {
      const dw = gradients.get(weightName)!;
      const ofWeight = squaredGradient(numbers, I, O, (row, o) => dw[o * I + columns[row]!]!);
      if (!layer.bias) return [ofWeight];
      return [ofWeight, squaredGradient(numbers, 1, O, (_row, o) => gradients.get(biasName)![o]!)];
    },
  };
};
