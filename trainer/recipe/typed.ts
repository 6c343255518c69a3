// Parts of a recipe with a `type` that decides its other settings: `{ type: adam, lr: 0.001 }`, or the bare type where defaults do.
import type * as z from 'zod';
import { badValue, check, isPlainObject } from './check.ts';

/** Reads the part at `place` with the schema of its type. */
export function readTyped<T>(schemas: Readonly<Record<string, z.ZodType<T>>>, written: unknown, place: string): T {
  const settings = typeof written === 'string' ? { type: written } : written;
  const types = Object.keys(schemas);
  if (!isPlainObject(settings)) throw badValue(place, settings, `settings in braces with a type: ${types.join(' or ')}`);
  const { type } = settings;
  if (typeof type !== 'string' || !Object.hasOwn(schemas, type)) throw badValue(`${place}.type`, type, types.join(' or '));
  return check(schemas[type]!, settings, place);
}
