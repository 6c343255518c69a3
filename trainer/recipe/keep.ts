// Which checkpoints a run keeps: the last and the best, unless its recipe says otherwise. Checkpoints are a cache, so this changes no number
// of a run; it decides what can be resumed, forked and measured without training again.
import * as z from 'zod';
import { RunledgerError } from '../errors.ts';

/** `every` the files of each n-th epoch, `all` those of each epoch; `none` only what a stop leaves. */
export type Keep = 'last' | 'best' | 'all' | 'none' | { every: number };

const words = ['last', 'best', 'all', 'none'] as const;

export const keepTakes = 'last, best, all, none, every:n, or several of them in a list';

const isEvery = (value: unknown): value is { every: number } =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 1 &&
  Number.isSafeInteger((value as { every?: unknown }).every) &&
  (value as { every: number }).every >= 1;

/** One word as it is written: `last`, `every:5`, `{ every: 5 }`; null for anything else. */
function readWord(written: unknown): Keep | null {
  if (isEvery(written)) return { every: written.every };
  const [, n] = /^every:(\d+)$/.exec(String(written)) ?? [];
  if (n !== undefined && isEvery({ every: Number(n) })) return { every: Number(n) };
  return words.find((word) => word === written) ?? null;
}

/** In one order, none twice; null where a word is unknown, or where `none` stands beside others. */
function read(written: unknown): Keep[] | null {
  const list = (Array.isArray(written) ? written : [written]).map(readWord);
  if (list.length === 0 || list.includes(null)) return null;
  const keep = list as Keep[];
  if (keep.includes('none')) return keep.every((word) => word === 'none') ? ['none'] : null;
  if (keep.includes('all')) return ['all'];
  const every = [...new Set(keep.flatMap((word) => (typeof word === 'object' ? [word.every] : [])))].sort((a, b) => a - b);
  return [...words.filter((word) => keep.includes(word)), ...every.map((n) => ({ every: n }))];
}

/** The canonical form; absent where it says what holds anyway, so that recipes read as before this could be said. */
export const keepSchema = z.unknown().transform((written, context): Keep[] | undefined => {
  if (written === undefined) return undefined;
  const keep = read(written);
  if (keep === null) {
    context.addIssue({ code: 'custom', message: keepTakes });
    return z.NEVER;
  }
  return keep.join() === 'last,best' ? undefined : keep;
});

/** `last,best,every:5`, as a command line says it. Error `usage`. */
export function parseKeep(text: string): Keep[] {
  const keep = read(text.split(',').map((word) => word.trim()));
  if (keep !== null) return keep;
  throw new RunledgerError('usage', `\`${text}\` does not say which checkpoints to keep`, { help: `it takes ${keepTakes}` });
}

export const keepText = (keep: readonly Keep[]): string[] => keep.map((word) => (typeof word === 'object' ? `every:${word.every}` : word));
