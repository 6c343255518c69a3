// Two-dimensional convolution: its settings, shapes, parameters and cost. Semantics and initial values are those of torch.nn.Conv2d.
// `depthwise` is short for as many groups as there are channels, each with `multiplier` filters.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, integer, itemName, sides, sidesWords } from '../recipe/values.ts';
import { axesOf, plain, positionsOf, spanOf } from './axis.ts';
import { type LayerFamily, type Misfit, parameter } from './family.ts';

const paddingWords = `${sidesWords(0)}, or same or valid`;
const padding = z.union([integer(0), z.tuple([integer(0), integer(0)]), z.literal('same'), z.literal('valid')], paddingWords);

const written = z.strictObject({
  kind: z.literal('conv2d'),
  name: itemName(),
  /** Filters; with `depthwise` they follow from the channels. */
  out: integer(1).optional(),
  kernel: sides(1),
  stride: sides(1).default(1),
  padding: padding.default(0),
  bias: flag().default(true),
  dilation: sides(1).optional(),
  groups: integer(1).optional(),
  depthwise: z.strictObject({ multiplier: integer(1).default(1) }, 'settings in braces: multiplier').optional(),
  paddingMode: z.enum(['zeros', 'reflect']).optional(),
});

type Written = z.infer<typeof written>;

/** What does not go together: the setting, and what it takes here. */
function contradiction({ out, stride, padding, groups, depthwise }: Written): [setting: keyof Written, takes: string] | null {
  if (out === undefined && depthwise === undefined) return ['out', 'an integer from 1; only with depthwise it follows from the channels'];
  if (out !== undefined && depthwise) return ['out', 'no value beside depthwise, which has multiplier filters a channel'];
  if (groups !== undefined && depthwise) return ['groups', 'no value beside depthwise, which has as many groups as there are channels'];
  if (groups !== undefined && out! % groups !== 0) return ['groups', `a divisor of out, which is ${out}`];
  if (padding === 'same' && plain(stride) !== 1)
    return ['padding', `numbers where stride is ${JSON.stringify(stride)}; same needs stride 1`];
  return null;
}

/** `same` as the numbers it stands for, unless one side gets more than the other. */
function paddingOf({ kernel, stride, padding, dilation }: Written): Exclude<Written['padding'], 'valid'> {
  if (padding === 'valid') return 0;
  if (padding !== 'same') return plain(padding);
  const axes = axesOf({ kernel, stride, padding, dilation });
  return axes.every(({ before, after }) => before === after) ? plain([axes[0].before, axes[1].before] as [number, number]) : 'same';
}

const schema = written
  .transform((layer, context) => {
    const wrong = contradiction(layer);
    if (wrong) {
      const [setting, takes] = wrong;
      context.addIssue({ code: 'custom', path: [setting], message: takes, input: layer[setting] });
      return z.NEVER;
    }
    return {
      ...layer,
      kernel: plain(layer.kernel),
      stride: plain(layer.stride),
      padding: paddingOf(layer),
      ...(layer.dilation && { dilation: plain(layer.dilation) }),
    };
  })
  .transform(leaveOut({ dilation: 1, groups: 1, paddingMode: 'zeros' }));

/** Canonical settings: pairs only where rows and columns differ, `same` only where it pads one side more than the other. */
export type Conv2d = z.infer<typeof schema>;

/** Groups of channels that see nothing of one another. */
export function groupsOf({ groups = 1, depthwise }: Conv2d, channels: number): number {
  return depthwise ? channels : groups;
}

function shapeMisfit(layer: Conv2d, channels: number, height: number, width: number): Misfit | null {
  const [down, across] = axesOf(layer);
  const groups = groupsOf(layer, channels);
  if (channels % groups !== 0) {
    return { takes: `maps whose number of channels ${groups} groups divide`, help: `make groups a divisor of ${channels}` };
  }
  if (positionsOf(height, down) < 1 || positionsOf(width, across) < 1) {
    const smaller = layer.dilation === undefined ? 'kernel' : 'kernel or dilation';
    return {
      takes: `maps of at least ${spanOf(down)} × ${spanOf(across)} with their padding`,
      help: `make ${smaller} smaller, or padding larger`,
    };
  }
  if (layer.paddingMode === 'reflect' && (down.after >= height || across.after >= width)) {
    return {
      takes: `maps of at least ${down.after + 1} × ${across.after + 1}, since reflect mirrors as many pixels as it pads`,
      help: 'make padding smaller, or paddingMode zeros',
    };
  }
  return null;
}

export const conv2d: LayerFamily<Conv2d> = {
  schema,
  output(layer, [channels, height, width]) {
    const misfit = shapeMisfit(layer, channels, height, width);
    if (misfit) return misfit;
    const [down, across] = axesOf(layer);
    const filters = layer.depthwise ? channels * layer.depthwise.multiplier : layer.out!;
    return [filters, positionsOf(height, down), positionsOf(width, across)];
  },
  channels: ({ out, depthwise }, [channels]) => (depthwise ? channels && channels * depthwise.multiplier : out),
  parameters(layer, [channels], [filters]) {
    const [down, across] = axesOf(layer);
    const groups = groupsOf(layer, channels);
    const inputs = channels / groups;
    const fanIn = inputs * down.kernel * across.kernel;
    const matrix = parameter(layer, 'weight', [filters, inputs, down.kernel, across.kernel], { uniform: { fanIn } });
    const weight = groups === 1 ? matrix : { ...matrix, groups };
    return layer.bias ? [weight, parameter(layer, 'bias', [filters], { uniform: { fanIn } })] : [weight];
  },
  multiplyAdds(layer, [channels], [filters, height, width]) {
    const [down, across] = axesOf(layer);
    return filters * height * width * (channels / groupsOf(layer, channels)) * down.kernel * across.kernel;
  },
};
