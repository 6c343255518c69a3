// Fully connected layer on a flat vector: its settings, parameters and cost. Semantics and initial values are those of torch.nn.Linear.
// `out: classes` is as many outputs as the data set has classes.
import * as z from 'zod';
import { flag, integer, itemName } from '../recipe/values.ts';
import { type LayerFamily, parameter } from './family.ts';

const schema = z.strictObject({
  kind: z.literal('linear'),
  name: itemName(),
  out: z.union([integer(1), z.literal('classes')], 'an integer from 1, or classes'),
  bias: flag().default(true),
});

export type Linear = z.infer<typeof schema>;

export const linear: LayerFamily<Linear> = {
  schema,
  shorthand: 'out',
  output({ out }, [, height, width], classes) {
    if (height !== 1 || width !== 1) return { takes: 'a flat vector', help: 'put `flatten` before it' };
    return [out === 'classes' ? classes : out, 1, 1];
  },
  channels: ({ out }) => (out === 'classes' ? undefined : out),
  parameters(layer, [fanIn], [out]) {
    const weight = parameter(layer, 'weight', [out, fanIn], { uniform: { fanIn } });
    return layer.bias ? [weight, parameter(layer, 'bias', [out], { uniform: { fanIn } })] : [weight];
  },
  multiplyAdds: (_layer, [inputs], [out]) => inputs * out,
};
