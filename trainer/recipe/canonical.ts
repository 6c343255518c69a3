// One text for one value, and the id that runs of the same configuration share.
import { createHash } from 'node:crypto';
import { RunledgerError } from '../errors.ts';
import type { Recipe } from '../recipe.ts';

function numberText(value: number): string {
  if (Object.is(value, -0)) return '"-0"';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function text(value: unknown, place: string): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, index) => text(item, `${place}[${index}]`)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${text(member, `${place}.${key}`)}`).join(',')}}`;
  }
  throw new RunledgerError('json.value', `${place} is a ${typeof value}, which JSON does not hold`);
}

/**
 * JSON with sorted keys (by UTF-16 unit), no spaces, numbers as ECMAScript prints them; NaN, infinities and −0 as the strings
 * "NaN", "Infinity", "-Infinity", "-0". Every double comes back from it as it was. Refuses what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  return text(value, 'value');
}

/** What a fork began from. */
export interface ParentConfiguration {
  configurationId: string;
  /** It began at the end of this epoch. */
  epoch: number;
}

/** SHA-256, hex, of a canonical recipe without its seed, of the data set, and of where a fork began: runs that share it are repeats of one another. */
export function configurationId(recipe: Recipe, datasetFingerprint: string, parent: ParentConfiguration | null = null): string {
  const { seed: _, ...configuration } = recipe;
  const said = { configuration, datasetFingerprint, ...(parent && { parent: { ...parent } }) };
  return createHash('sha256').update(canonicalJson(said)).digest('hex');
}
