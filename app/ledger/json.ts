// The codec of `data` and `measured`: one text for one value, so that it can be hashed, and every number survives.
// Keys are sorted, numbers stand as ECMAScript prints them. What JSON cannot say becomes a string: NaN, Infinity, -Infinity, -0;
// a text that happens to read so gets a backslash in front. Doubles from 2^53 on stand with an exponent (1e+20), so that no reader takes
// them for exact integers; an exact integer of that size is a BigInt and is refused: write it as text.
import { RunledgerError } from '../../trainer/errors.ts';
import type { Json } from './ports.ts';

/** Lists and objects within one another. More than recipes need, and well below where SQLite's own JSON functions give up (1,000). */
const deepest = 200;

const special = /^\\*(?:NaN|-?Infinity|-0)$/;

/** The canonical text of a value. Properties that are undefined are left out, as JSON does. Error `ledger.json` for what JSON has no word for. */
export function encodeJson(value: Json): string {
  try {
    return encode(value, 0);
  } catch (error) {
    throw error instanceof Refused ? refusal(error) : error;
  }
}

/** What cannot be encoded. Its place is put together on the way out, so that whoever has nothing to refuse pays nothing for it. */
class Refused {
  readonly value: unknown;
  readonly isTooDeep: boolean;
  path = '';

  constructor(value: unknown, isTooDeep = false) {
    this.value = value;
    this.isTooDeep = isTooDeep;
  }
}

/** Text is put together in loops: most of what is encoded are long lists of numbers. */
function encode(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(special.test(value) ? `\\${value}` : value);
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth === deepest) throw new Refused(value, true);
      if (Array.isArray(value)) return encodeList(value, depth);
      if (isPlain(value)) return encodeObject(value as Record<string, unknown>, depth);
  }
  throw new Refused(value);
}

function encodeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '"-0"' : String(value);
  if (!Number.isFinite(value)) return `"${value}"`;
  return Number.isInteger(value) ? value.toExponential() : String(value);
}

function encodeList(list: readonly unknown[], depth: number): string {
  let text = '';
  let index = 0;
  try {
    // What was never set is visited too, and refused.
    for (; index < list.length; index++) text += `${index === 0 ? '' : ','}${encode(list[index], depth + 1)}`;
  } catch (error) {
    throw within(error, `[${index}]`);
  }
  return `[${text}]`;
}

function encodeObject(object: Record<string, unknown>, depth: number): string {
  let text = '';
  let at = '';
  try {
    for (const key of Object.keys(object).sort()) {
      const value = object[key];
      if (value === undefined) continue;
      at = key;
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${encode(value, depth + 1)}`;
    }
  } catch (error) {
    throw within(error, `.${at}`);
  }
  return `{${text}}`;
}

function within(error: unknown, step: string): unknown {
  if (error instanceof Refused) error.path = step + error.path;
  return error;
}

function refusal({ value, isTooDeep, path }: Refused): RunledgerError {
  const place = `$${path}`;
  if (isTooDeep) {
    return new RunledgerError('ledger.json', `lists and objects stand more than ${deepest} deep in one another`, {
      place,
      help: 'write what is nested so deeply as a flat list, or as text',
    });
  }
  const received = typeof value === 'bigint' ? `${value}n` : (value?.constructor?.name ?? typeof value);
  return new RunledgerError('ledger.json', `${place} is ${received}, which an event cannot hold`, {
    place,
    help: typeof value === 'bigint' ? 'write integers beyond 2^53 as text' : 'use null, booleans, numbers, texts, lists and plain objects',
  });
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value of a text that `encodeJson` wrote. */
export function decodeJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  return mayBeSpecial(text) ? restore(value) : value;
}

/** Three quick searches tell most texts apart. */
const mayBeSpecial = (text: string): boolean => text.includes('NaN"') || text.includes('Infinity"') || text.includes('-0"');

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
