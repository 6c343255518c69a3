// Squeeze-and-excitation (Hu et al., 2018) in short: a `scale` whose body averages every map, narrows the numbers to a few, widens them again
// and lets a gate decide. It is replaced by these plain layers before anything is recorded.
import * as z from 'zod';
import { RunledgerError } from '../errors.ts';
import type { Shorthand } from '../recipe/items.ts';
import { integer, itemName } from '../recipe/values.ts';
import { channelsBehind } from './channels.ts';
import type { Layer } from './index.ts';

const schema = z
  .strictObject({
    kind: z.literal('squeezeExcitation'),
    name: itemName().optional(),
    /** How many times fewer numbers than channels, rounded down, at least one. */
    reduction: integer(1).optional(),
    /** The same as a number of its own. */
    channels: integer(1).optional(),
    activation: z.enum(['relu', 'leakyRelu', 'gelu', 'silu', 'hardswish']).default('relu'),
  })
  .refine(({ reduction, channels }) => reduction === undefined || channels === undefined, {
    path: ['channels'],
    message: 'no value beside reduction',
  });

type Settings = z.infer<typeof schema>;

export const squeezeExcitation: Shorthand<Layer, Settings> = {
  schema,
  shorthand: 'reduction',
  expand({ name, reduction = 16, channels, activation }, before, place) {
    const inputs = channelsBehind(before);
    if (inputs === undefined) {
      throw new RunledgerError('recipe.shape', `${place} stands where the recipe does not tell the number of channels`, {
        place,
        help: 'put it behind a conv2d, or write it out as `scale: [globalAvgPool, { linear: … }, relu, { linear: … }, sigmoid]`',
      });
    }
    const squeezed = channels ?? Math.max(1, Math.floor(inputs / reduction));
    const body = ['globalAvgPool', { linear: squeezed }, activation, { linear: inputs }, 'sigmoid'];
    return { scale: { ...(name !== undefined && { name }), body } };
  },
};
