// The project's seed network: two convolutions with batch normalization, ReLU and pooling, then two linear layers with dropout between them.
// On 3 × 32 × 32 it is the CIFAR-10 network, on 1 × 28 × 28 its MNIST twin.
import * as z from 'zod';
import { flag, integer } from '../recipe/values.ts';
import { classifier, dropout, dropoutLayer, head } from './parts.ts';
import type { Preset } from './preset.ts';

const schema = z.strictObject({
  batchNorm: flag().default(true),
  dropout: dropout(0.5),
  /** Filters of the first convolution; the second has twice as many. */
  width: integer(1).default(16),
  /** Whether ReLU comes before pooling or behind it; max pooling gives the same bits either way. */
  order: z.enum(['reluPool', 'poolRelu']).default('reluPool'),
  head: head().default('flatten'),
});

type Options = z.infer<typeof schema>;

function stage(filters: number, { batchNorm, order }: Options): unknown[] {
  const conv = { conv2d: { out: filters, kernel: 3, padding: 'same' } };
  const end = ['relu', { maxPool2d: 2 }];
  return [conv, ...(batchNorm ? ['batchNorm2d'] : []), ...(order === 'reluPool' ? end : end.toReversed())];
}

export const simpleCnn: Preset<Options> = {
  schema,
  layers(options) {
    const stages = [...stage(options.width, options), ...stage(2 * options.width, options)];
    if (options.head === 'globalAveragePooling') return [...stages, ...classifier(options.head, options.dropout)];
    return [...stages, 'flatten', { linear: 128 }, ...dropoutLayer(options.dropout), { linear: 'classes' }];
  },
};
