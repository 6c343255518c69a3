// What the settings of pooling with windows of a fixed size have in common: the canonical form, and what PyTorch refuses.
import * as z from 'zod';
import { axesOf, plain } from './axis.ts';

/** As a recipe writes it: one number, or [rows, columns]. */
type Pair = number | [number, number];

interface Written {
  kernel: Pair;
  stride?: Pair | undefined;
  padding?: Pair | undefined;
}

type Filled = { kernel: Pair; stride: Pair; padding?: Pair | undefined };

/** For `schema.transform`: pairs of equal numbers as one, the stride filled in. Padding beyond half a window would leave some without a pixel. */
export function plainWindows<T extends Written>(written: T, context: z.RefinementCtx): Omit<T, keyof Filled> & Filled {
  const { kernel, stride = kernel, padding = 0 } = written;
  if (axesOf({ kernel, stride, padding }).some((axis) => 2 * axis.before > axis.kernel)) {
    const message = `at most half of kernel, which is ${JSON.stringify(kernel)}`;
    context.addIssue({ code: 'custom', path: ['padding'], message, input: padding });
    return z.NEVER;
  }
  return { ...written, kernel: plain(kernel), stride: plain(stride), padding: plain(padding) };
}
