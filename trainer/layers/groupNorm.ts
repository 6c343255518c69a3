// Group normalization (Wu and He, 2018): each sample by the statistics of its own groups of channels, as torch.nn.GroupNorm does.
import * as z from 'zod';
import { flag, integer, itemName, numberAbove } from '../recipe/values.ts';
import { keepsShape, type LayerFamily, scaleAndShift } from './family.ts';

const schema = z.strictObject({
  kind: z.literal('groupNorm'),
  name: itemName(),
  numGroups: integer(1),
  eps: numberAbove(0).default(1e-5),
  affine: flag().default(true),
});

export type GroupNorm = z.infer<typeof schema>;

export const groupNorm: LayerFamily<GroupNorm> = {
  schema,
  shorthand: 'numGroups',
  ...keepsShape,
  output({ numGroups }, input) {
    const [channels] = input;
    if (channels % numGroups === 0) return input;
    return { takes: `channels that ${numGroups} groups divide`, help: `make numGroups a divisor of ${channels}` };
  },
  parameters: (layer, [channels]) => (layer.affine ? scaleAndShift(layer, [channels]) : []),
};
