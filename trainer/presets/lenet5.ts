// LeNet-5 (LeCun et al., 1998) as it is taught: two convolutions of 5 × 5 with pooling, then three linear layers, every output of the first
// convolution seen by the second. 61,706 parameters for 28 × 28 images of ten classes, or 32 × 32 with `padding: 0`.
import * as z from 'zod';
import { flag, integer } from '../recipe/values.ts';
import { activations, classifier, dropout, dropoutLayer, head } from './parts.ts';
import type { Preset } from './preset.ts';

const schema = z.strictObject({
  activation: z.enum(activations).default('tanh'),
  pooling: z.enum(['average', 'max']).default('average'),
  /** Of the first convolution: 2 makes 28 × 28 what the paper's 32 × 32 is. */
  padding: integer(0).default(2),
  batchNorm: flag().default(false),
  /** Between the linear layers. */
  dropout: dropout(0),
  head: head().default('flatten'),
});

type Options = z.infer<typeof schema>;

export const lenet5: Preset<Options> = {
  schema,
  layers({ activation, pooling, padding, batchNorm, dropout: p, head: end }) {
    const pool = { [pooling === 'average' ? 'avgPool2d' : 'maxPool2d']: 2 };
    const stage = (out: number, more: object) => [
      { conv2d: { out, kernel: 5, ...more, ...(batchNorm && { bias: false }) } },
      ...(batchNorm ? ['batchNorm2d'] : []),
      activation,
      pool,
    ];
    const convolutions = [...stage(6, padding > 0 ? { padding } : {}), ...stage(16, {})];
    if (end === 'globalAveragePooling') return [...convolutions, ...classifier(end, p)];
    const hidden = [120, 84].flatMap((out) => [{ linear: out }, activation, ...dropoutLayer(p)]);
    return [...convolutions, 'flatten', ...hidden, { linear: 'classes' }];
  },
};
