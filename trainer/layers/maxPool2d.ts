// Maximum over square windows, no padding, incomplete windows at the edge left out, as torch.nn.MaxPool2d does. The stride defaults to the kernel.
import * as z from 'zod';
import { integer, itemName } from '../recipe/values.ts';
import type { LayerFamily } from './family.ts';

const schema = z
  .strictObject({ kind: z.literal('maxPool2d'), name: itemName(), kernel: integer(1), stride: integer(1).optional() })
  .transform(({ stride, ...layer }) => ({ ...layer, stride: stride ?? layer.kernel }));

export type MaxPool2d = z.infer<typeof schema>;

export const maxPool2d: LayerFamily<MaxPool2d> = {
  schema,
  shorthand: 'kernel',
  output({ kernel, stride }, [channels, height, width]) {
    if (kernel > height || kernel > width) {
      return { takes: `maps of at least ${kernel} × ${kernel}`, help: 'pool less often, or with a smaller kernel' };
    }
    const length = (input: number) => Math.floor((input - kernel) / stride) + 1;
    return [channels, length(height), length(width)];
  },
  parameters: () => [],
  multiplyAdds: () => 0,
};
