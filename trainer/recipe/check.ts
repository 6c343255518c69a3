// Holds a written value against a schema and turns what does not fit into one error: the path, the value received, what is allowed.
import * as z from 'zod';
import { RunledgerError } from '../errors.ts';
import { suggestion } from './suggest.ts';

type Segment = PropertyKey;

/** `network[4].linear.out`, as recipes and `--set` write it. */
export function joinPath(place: string, segments: readonly Segment[]): string {
  let path = place;
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += path === '' ? String(segment) : `.${String(segment)}`;
  }
  return path;
}

/** A value as it stands in a message: JSON, cut after 60 characters. */
export function show(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema without what says that it may be left out, and without transforms. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return bare(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? bare(schema.unwrap()) : schema;
}

/** Setting names of an object schema. */
export function keysOf(schema: z.ZodType): string[] {
  const object = bare(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function valueAt(value: unknown, segments: readonly Segment[]): unknown {
  let inner = value;
  for (const segment of segments) {
    // A bare word is short for settings of that type.
    if (typeof inner !== 'string' || segment !== 'type') inner = (inner as Record<PropertyKey, unknown> | undefined)?.[segment];
  }
  return inner;
}

/** What `value` was read by, at `segments` within it; where its type decides that, by the schema of its type. */
function schemaAt(schema: z.ZodType, value: unknown, segments: readonly Segment[]): z.ZodType {
  let inner: unknown = schema;
  for (const segment of segments) {
    const outer = bare(inner);
    if (outer instanceof z.ZodObject) inner = outer.shape[String(segment)];
    if (outer instanceof z.ZodArray) inner = outer.element;
  }
  const options = bare(inner);
  if (!(options instanceof z.ZodDiscriminatedUnion)) return inner as z.ZodType;
  const { type } = valueAt(value, segments) as { type: string };
  return options.options.find((option) => option instanceof z.ZodObject && option.shape.type.safeParse(type).success) as z.ZodType;
}

/** An unknown setting. `owner` is empty for the recipe itself. */
export function unknownKey(owner: string, key: string, allowed: readonly string[]): RunledgerError {
  const place = joinPath(owner, [key]);
  return new RunledgerError('recipe.unknownKey', `there is no \`${key}\` in ${owner === '' ? 'a recipe' : owner}`, {
    place,
    help: suggestion(key, allowed),
  });
}

/** A setting whose value is not allowed; `takes` says what is. */
export function badValue(place: string, value: unknown, takes: string): RunledgerError {
  if (value === undefined) {
    return new RunledgerError('recipe.missing', `${place} is missing`, { place, help: `${place} takes ${takes}` });
  }
  return new RunledgerError('recipe.value', `${place} is ${show(value)}`, { place, help: `${place} takes ${takes}` });
}

/**
 * Parses `value` with `schema`; `place` is where it stands in the recipe. `hidden` are keys that users do not write there.
 * Throws `recipe.unknownKey`, `recipe.missing` or `recipe.value`; an unknown key counts first, since it often is a missing one misspelt.
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, place: string, hidden: readonly string[] = []): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysOf(schemaAt(schema, value, issue.path)).filter((key) => !hidden.includes(key));
    throw unknownKey(joinPath(place, issue.path), issue.keys[0]!, allowed);
  }
  const takes = issue.code === 'invalid_value' ? issue.values.map(String).join(' or ') : issue.message;
  throw badValue(joinPath(place, issue.path), valueAt(value, issue.path), takes);
}
