// The exponential moving average of the weights. Absent where none is kept.
import * as z from 'zod';
import { shareBelowOne } from './values.ts';

export const emaSettings = {
  /** How much of the average stays at each step. */
  decay: shareBelowOne().default(0.999),
};

export const emaSchema = z.strictObject(emaSettings, 'settings in braces: decay');

export type Ema = z.infer<typeof emaSchema>;

/** The slot that holds a parameter's average. */
export const EMA_SLOT = 'ema';
