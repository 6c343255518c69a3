// MobileNets (Howard et al., 2017; Sandler et al., 2018) for small images: the first convolution, and in V2 the first longer stage too, keep the
// size, as images of 32 × 32 would be gone otherwise. The activation is ReLU, where the paper of V2 cuts off at 6; filters are rounded as in
// torchvision. With ten classes V1 has 3,217,226 parameters, V2 2,236,682.
import * as z from 'zod';
import { numberAbove } from '../recipe/values.ts';
import { classifier, convolution, dropout, head } from './parts.ts';
import type { Preset } from './preset.ts';

const options = (p: number) =>
  z.strictObject({
    /** Multiplies the filters of every layer. */
    width: numberAbove(0).default(1),
    /** Before the last linear layer. */
    dropout: dropout(p),
    head: head().default('globalAveragePooling'),
  });

type Options = z.infer<ReturnType<typeof options>>;

/** The nearest multiple of 8, at least 8, and never a tenth less. */
function filters(count: number, width: number): number {
  const wanted = count * width;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

/** Out, stride. */
const separable = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, () => [512, 1] as const),
  [1024, 2],
  [1024, 1],
] as const;

export const mobilenetV1: Preset<Options> = {
  schema: options(0),
  layers({ width, dropout: p, head: end }) {
    const pairs = separable.flatMap(([out, stride]) => [
      ...[...convolution({ depthwise: true, stride }, true), 'relu'],
      ...[...convolution({ out: filters(out, width), kernel: 1 }, true), 'relu'],
    ]);
    return [...convolution({ out: filters(32, width) }, true), 'relu', ...pairs, ...classifier(end, p)];
  },
};

/** Expansion, out, blocks, stride of the first. */
const inverted = [
  [1, 16, 1, 1],
  [6, 24, 2, 1],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Widened, seen by one filter a channel, and narrowed without an activation; with the input added where it has the same shape. */
function invertedResidual(inputs: number, expansion: number, out: number, stride: number): unknown[] {
  const expand = expansion === 1 ? [] : [...convolution({ out: inputs * expansion, kernel: 1 }, true), 'relu'];
  const body = [...expand, ...convolution({ depthwise: true, stride }, true), 'relu', ...convolution({ out, kernel: 1 }, true)];
  return stride === 1 && inputs === out ? [{ residual: body }] : body;
}

export const mobilenetV2: Preset<Options> = {
  schema: options(0.2),
  layers({ width, dropout: p, head: end }) {
    let inputs = filters(32, width);
    const layers = [...convolution({ out: inputs }, true), 'relu'];
    for (const [expansion, out, blocks, first] of inverted) {
      for (let i = 0; i < blocks; i++) {
        layers.push(...invertedResidual(inputs, expansion, filters(out, width), i === 0 ? first : 1));
        inputs = filters(out, width);
      }
    }
    return [...layers, ...convolution({ out: filters(1280, Math.max(1, width)), kernel: 1 }, true), 'relu', ...classifier(end, p)];
  },
};
