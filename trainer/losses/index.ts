// The losses a recipe may name, with the names and defaults of torch.nn.CrossEntropyLoss, MSELoss and BCEWithLogitsLoss. The latter two compare
// the outputs with 1 for the right class and 0 for the others, for small tasks. How one is computed is the engine's affair.
import * as z from 'zod';
import { badValue, check, isPlainObject } from '../recipe/check.ts';
import { leaveOut } from '../recipe/leaveOut.ts';
import { numberFrom, share } from '../recipe/values.ts';

const words = ['crossEntropy', 'mse', 'bceWithLogits'] as const;

const weights = 'a list of numbers from 0, one a class, at least one of them above 0';

/** Settings of crossEntropy; each is absent where it changes nothing. */
export const crossEntropySettings = z
  .strictObject({
    /** What is taken from the right class and spread over all. */
    labelSmoothing: share().optional(),
    /** How much a sample of each class counts. */
    weight: z
      .array(numberFrom(0), weights)
      .refine((weight) => weight.some((one) => one > 0), weights)
      .optional(),
  })
  .transform(leaveOut({ labelSmoothing: 0 }))
  .transform((settings): CrossEntropySettings => settings as CrossEntropySettings);

export interface CrossEntropySettings {
  labelSmoothing?: number;
  weight?: number[];
}

/** In canonical form: a word where there is nothing to set. */
export type Loss = (typeof words)[number] | { crossEntropy: CrossEntropySettings };

export type LossName = (typeof words)[number];

/** `crossEntropy`, `{ crossEntropy: { labelSmoothing: 0.1 } }`, `mse`, to the canonical form. */
export function readLoss(written: unknown, place: string): Loss {
  const takes = `${words.join(', ')}, or { crossEntropy: settings }`;
  const [name, settings] = isPlainObject(written) ? (Object.entries(written)[0] ?? []) : [written, {}];
  const word = words.find((one) => one === name);
  if (word === undefined || (isPlainObject(written) && Object.keys(written).length > 1)) throw badValue(place, written, takes);
  if (word !== 'crossEntropy') {
    check(z.strictObject({}, 'no settings'), settings ?? {}, `${place}.${word}`);
    return word;
  }
  const read = check(crossEntropySettings, settings ?? {}, `${place}.${word}`);
  return Object.keys(read).length === 0 ? word : { crossEntropy: read };
}

export const lossName = (loss: Loss): LossName => (typeof loss === 'string' ? loss : 'crossEntropy');

/** Those of crossEntropy; nothing for another loss. */
export const lossSettings = (loss: Loss): CrossEntropySettings => (typeof loss === 'string' ? {} : loss.crossEntropy);
