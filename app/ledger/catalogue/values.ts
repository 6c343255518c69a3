// The small schemas that event types share. Objects are loose: a field that a later version adds is kept, not refused.
import { z } from 'zod';
import type { Json } from '../ports.ts';

/** Any number, NaN and infinities included: a diverging run is recorded like every other. */
export const number = z.custom<number>((value) => typeof value === 'number', { error: 'expected a number' });
export const text = z.string();
export const integer = z.int();
export const ordinal = z.int().min(1);
export const count = z.int().min(0);
export const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected a UUID');
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex');
export const metrics = z.looseObject({ loss: number, accuracy: number });
export const json = z.custom<Json>((value) => value !== undefined, { error: 'expected a value' });
export const factors = z.array(z.object({ path: text, values: z.array(json), scales: z.array(text).optional() }));
export const arrayIndex = z.record(text, z.looseObject({ offset: count, shape: z.array(count) }));

/** What the read models take from a recipe; the trainer's own schema has checked the rest. */
export const recipe = z.looseObject({
  dataset: text,
  seed: integer,
  batch: ordinal,
  epochs: ordinal,
  arithmetic: text,
  augment: z.array(z.looseObject({ kind: text, name: text })),
  network: z.array(z.looseObject({ kind: text, name: text })),
  optimizer: z.looseObject({ type: text, lr: number }),
  schedule: z.looseObject({ type: text }),
});
