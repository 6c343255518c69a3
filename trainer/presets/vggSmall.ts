// A small network after VGG (Simonyan and Zisserman, 2014): three blocks of two convolutions of 3 × 3 and pooling, filters doubled from block to
// block, then a linear layer. 550,570 parameters on CIFAR-10 without batch normalization.
import * as z from 'zod';
import { flag, integer } from '../recipe/values.ts';
import { classifier, convolution, dropout, dropoutLayer, head } from './parts.ts';
import type { Preset } from './preset.ts';

const schema = z.strictObject({
  batchNorm: flag().default(true),
  /** Filters of the first block. */
  width: integer(1).default(32),
  /** Before the last linear layer, as the original has it. */
  dropout: dropout(0.5),
  head: head().default('flatten'),
});

type Options = z.infer<typeof schema>;

export const vggSmall: Preset<Options> = {
  schema,
  layers({ batchNorm, width, dropout: p, head: end }) {
    const blocks = [width, 2 * width, 4 * width].flatMap((out) => {
      const layer = [...convolution({ out }, batchNorm), 'relu'];
      return [...layer, ...layer, { maxPool2d: 2 }];
    });
    if (end === 'globalAveragePooling') return [...blocks, ...classifier(end, p)];
    return [...blocks, 'flatten', { linear: 4 * width }, 'relu', ...dropoutLayer(p), { linear: 'classes' }];
  },
};
