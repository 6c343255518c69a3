// Residual networks for small images (He et al., 2016). CIFAR style, section 4.2: 6n + 2 layers, three stages of n blocks; resnet20 has 0.27
// million parameters. resnet18 is the ImageNet network with a stem of one 3 × 3 convolution: 11.17 million.
import * as z from 'zod';
import { flag, integer } from '../recipe/values.ts';
import { classifier, convolution, dropout, head } from './parts.ts';
import type { Preset } from './preset.ts';

const options = (width: number) =>
  z.strictObject({
    batchNorm: flag().default(true),
    /** Filters of the first stage; each later one has twice as many as the one before. */
    width: integer(1).default(width),
    /** Where a block changes the number of channels or the size: a convolution of 1 × 1 with norm, option B of the paper. */
    shortcut: z.literal('projection', 'projection').default('projection'),
    /** Before the last linear layer. */
    dropout: dropout(0),
    head: head().default('globalAveragePooling'),
  });

type Options = z.infer<ReturnType<typeof options>>;

function block(inputs: number, out: number, stride: number, batchNorm: boolean): unknown[] {
  const body = [...convolution({ out, stride }, batchNorm), 'relu', ...convolution({ out }, batchNorm)];
  if (stride === 1 && inputs === out) return [{ residual: body }, 'relu'];
  return [{ residual: { body, shortcut: convolution({ out, kernel: 1, stride }, batchNorm) } }, 'relu'];
}

/** `stages` is how often the width doubles, and one. */
function network(stages: number, blocks: number, { batchNorm, width, dropout: p, head: end }: Options): unknown[] {
  const layers = [...convolution({ out: width }, batchNorm), 'relu'];
  let inputs = width;
  for (let stage = 0; stage < stages; stage++) {
    const out = width << stage;
    for (let i = 0; i < blocks; i++) {
      layers.push(...block(inputs, out, stage > 0 && i === 0 ? 2 : 1, batchNorm));
      inputs = out;
    }
  }
  return [...layers, ...classifier(end, p)];
}

function resnet(width: number, stages: number, blocks: number): Preset<Options> {
  return { schema: options(width), layers: (chosen) => network(stages, blocks, chosen) };
}

export const resnet8 = resnet(16, 3, 1);
export const resnet20 = resnet(16, 3, 3);
export const resnet32 = resnet(16, 3, 5);
export const resnet18 = resnet(64, 4, 2);
