// Layer normalization (Ba et al., 2016): each sample by its own statistics, with a factor and an addend for each element, as
// torch.nn.LayerNorm([channels, height, width]) does.
import * as z from 'zod';
import { flag, itemName, numberAbove } from '../recipe/values.ts';
import { keepsShape, type LayerFamily, scaleAndShift } from './family.ts';

const schema = z.strictObject({
  kind: z.literal('layerNorm'),
  name: itemName(),
  eps: numberAbove(0).default(1e-5),
  elementwiseAffine: flag().default(true),
  /** Whether there are addends; only with `elementwiseAffine`. */
  bias: flag().default(true),
});

export type LayerNorm = z.infer<typeof schema>;

export const layerNorm: LayerFamily<LayerNorm> = {
  schema,
  ...keepsShape,
  parameters(layer, [channels, height, width]) {
    if (!layer.elementwiseAffine) return [];
    // A vector is a vector to PyTorch too.
    const both = scaleAndShift(layer, height * width === 1 ? [channels] : [channels, height, width]);
    return layer.bias ? both : both.slice(0, 1);
  },
};
