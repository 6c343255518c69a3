// Mean over square windows, no padding, incomplete windows at the edge left out, as torch.nn.AvgPool2d does. The stride defaults to the kernel.
import * as z from 'zod';
import { integer, itemName } from '../recipe/values.ts';
import type { LayerFamily } from './family.ts';
import { maxPool2d } from './maxPool2d.ts';

const schema = z
  .strictObject({ kind: z.literal('avgPool2d'), name: itemName(), kernel: integer(1), stride: integer(1).optional() })
  .transform(({ stride, ...layer }) => ({ ...layer, stride: stride ?? layer.kernel }));

export type AvgPool2d = z.infer<typeof schema>;

export const avgPool2d: LayerFamily<AvgPool2d> = {
  schema,
  shorthand: 'kernel',
  // Both kinds of pooling look through the same windows.
  output: (layer, ...place) => maxPool2d.output({ ...layer, kind: 'maxPool2d' }, ...place),
  parameters: () => [],
  multiplyAdds: () => 0,
};
