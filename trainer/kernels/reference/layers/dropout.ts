// Both kinds of dropout as layers: they draw a mask in training, and pass x through otherwise.
import type { Values } from '../../../numbers/numbers.ts';
import { dropoutKey } from '../../../random/draws.ts';
import type { Layer } from '../../../recipe.ts';
import { applyChannelDropout, applyDropout, dropoutFactors } from '../dropout.ts';
import { type Binding, noSquares, type ReferenceLayer } from './layer.ts';

type Dropout = Extract<Layer, { kind: 'dropout' | 'dropout2d' }>;

export function bindDropout({ numbers, seed, layer: { kind, name, p }, resolved: { input }, maps }: Binding<Dropout>): ReferenceLayer {
  const key = dropoutKey(seed, name);
  const [channels, height, width] = input;
  const wholeChannels = kind === 'dropout2d';
  const drawn = wholeChannels ? channels : channels * height * width;
  let factors: Values;
  const apply = (x: Values) => (wholeChannels ? applyChannelDropout(numbers, input, factors, x) : applyDropout(numbers, factors, x));
  return {
    maps,
    forward(x, { training, samples, epoch }) {
      if (!training) return x;
      factors = dropoutFactors(numbers, key, p, samples, epoch, drawn);
      return apply(x);
    },
    backward: (dy, _pass, wantsInput) => (wantsInput ? apply(dy) : null),
    squaredGradients: noSquares,
  };
}
