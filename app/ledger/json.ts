// The codec of `data` and `measured`: one text for one value, so that it can be hashed, and every number survives.
// Keys are sorted, numbers stand as ECMAScript prints them. What JSON cannot say becomes a string: NaN, Infinity, -Infinity, -0;
// a text that happens to read so gets a backslash in front. Doubles from 2^53 on stand with an exponent (1e+20), so that no reader takes
// them for exact integers; an exact integer of that size is a BigInt and is refused: write it as text.
import { RunledgerError } from '../../trainer/errors.ts';
import type { Json } from './ports.ts';

/** Lists and objects within one another. More than recipes need, and well below where SQLite's own JSON functions give up (1,000). */
const deepest = 200;

const special = /^\\*(?:NaN|-?Infinity|-0)$/;
const anySpecial = /"\\*(?:NaN|-?Infinity|-0)"/;

/** The canonical text of a value. Properties that are undefined are left out, as JSON does. Error `ledger.json` for what JSON has no word for. */
export function encodeJson(value: Json): string {
  return encode(value, '$', 0);
}

function encode(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(special.test(value) ? `\\${value}` : value);
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth === deepest) throw tooDeep(path);
      // Array.from also visits what was never set.
      if (Array.isArray(value)) return `[${Array.from(value, (item, index) => encode(item, `${path}[${index}]`, depth + 1)).join(',')}]`;
      if (isPlain(value)) return encodeObject(value as Record<string, unknown>, path, depth);
  }
  const received = typeof value === 'bigint' ? `${value}n` : (value?.constructor?.name ?? typeof value);
  throw new RunledgerError('ledger.json', `${path} is ${received}, which an event cannot hold`, {
    place: path,
    help: typeof value === 'bigint' ? 'write integers beyond 2^53 as text' : 'use null, booleans, numbers, texts, lists and plain objects',
  });
}

function tooDeep(place: string): RunledgerError {
  return new RunledgerError('ledger.json', `lists and objects stand more than ${deepest} deep in one another`, {
    place,
    help: 'write what is nested so deeply as a flat list, or as text',
  });
}

function encodeNumber(value: number): string {
  if (!Number.isFinite(value) || Object.is(value, -0)) return `"${Object.is(value, -0) ? '-0' : value}"`;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function encodeObject(value: Record<string, unknown>, path: string, depth: number): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${encode(value[key], `${path}.${key}`, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value of a text that `encodeJson` wrote. */
export function decodeJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  return anySpecial.test(text) ? restore(value) : value;
}

function restore(value: Json): Json {
  if (typeof value === 'string') return special.test(value) ? restoreText(value) : value;
  if (Array.isArray(value)) return value.map(restore);
  if (value === null || typeof value !== 'object') return value;
  for (const key of Object.keys(value)) value[key] = restore(value[key] as Json);
  return value;
}

function restoreText(text: string): Json {
  return text.startsWith('\\') ? text.slice(1) : Number(text);
}
