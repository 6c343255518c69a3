// The losses a recipe may name. How one is computed is the engine's affair.
import * as z from 'zod';

export const lossSchema = z.literal('crossEntropy', 'crossEntropy');

export type Loss = z.infer<typeof lossSchema>;
