// Two-dimensional convolution: its settings, shapes, parameters and cost. Semantics and initial values are those of torch.nn.Conv2d.
import * as z from 'zod';
import { flag, integer, itemName } from '../recipe/values.ts';
import { type LayerFamily, parameter } from './family.ts';

const padding = z.union([integer(0), z.literal('same')], 'an integer from 0, or same');

const schema = z
  .strictObject({
    kind: z.literal('conv2d'),
    name: itemName(),
    /** Filters. */
    out: integer(1),
    kernel: integer(1),
    stride: integer(1).default(1),
    padding: padding.default(0),
    bias: flag().default(true),
  })
  .transform(({ padding, ...layer }, context) => {
    if (padding !== 'same') return { ...layer, padding };
    if (layer.stride !== 1 || layer.kernel % 2 === 0) {
      const takes = `a number where kernel is ${layer.kernel} and stride ${layer.stride}; same needs an odd kernel and stride 1`;
      context.addIssue({ code: 'custom', path: ['padding'], message: takes, input: padding });
      return z.NEVER;
    }
    return { ...layer, padding: (layer.kernel - 1) / 2 };
  });

/** Canonical settings: `padding` zeros on every side, square kernel. */
export type Conv2d = z.infer<typeof schema>;

export const conv2d: LayerFamily<Conv2d> = {
  schema,
  output({ out, kernel, stride, padding }, [, height, width]) {
    if (kernel > height + 2 * padding || kernel > width + 2 * padding) {
      return { takes: `maps of at least ${kernel} × ${kernel} with their padding`, help: 'make kernel smaller, or padding larger' };
    }
    const length = (input: number) => Math.floor((input + 2 * padding - kernel) / stride) + 1;
    return [out, length(height), length(width)];
  },
  parameters(layer, [channels]) {
    const fanIn = channels * layer.kernel * layer.kernel;
    const weight = parameter(layer, 'weight', [layer.out, channels, layer.kernel, layer.kernel], { uniform: { fanIn } });
    return layer.bias ? [weight, parameter(layer, 'bias', [layer.out], { uniform: { fanIn } })] : [weight];
  },
  multiplyAdds: ({ kernel }, [channels], [out, height, width]) => out * height * width * channels * kernel * kernel,
};
