// Batch normalization of vectors (Ioffe and Szegedy, 2015), with the defaults of torch.nn.BatchNorm1d: what batchNorm2d does, of one pixel.
import * as z from 'zod';
import { flag, itemName, numberAbove } from '../recipe/values.ts';
import { momentum } from './batchNorm2d.ts';
import { keepsShape, type LayerFamily, scaleAndShift } from './family.ts';

const schema = z.strictObject({
  kind: z.literal('batchNorm1d'),
  name: itemName(),
  eps: numberAbove(0).default(1e-5),
  momentum: momentum(),
  affine: flag().default(true),
  trackRunningStats: flag().default(true),
});

export type BatchNorm1d = z.infer<typeof schema>;

export const batchNorm1d: LayerFamily<BatchNorm1d> = {
  schema,
  ...keepsShape,
  output(_layer, input) {
    const [, height, width] = input;
    return height === 1 && width === 1 ? input : { takes: 'a flat vector', help: 'put `flatten` before it, or take batchNorm2d' };
  },
  parameters: (layer, [channels]) => (layer.affine ? scaleAndShift(layer, [channels]) : []),
};
