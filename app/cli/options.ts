// Values of options, read once: what commander hands over is text.
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';

/** A reader of whole numbers of at least `least` and at most `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
    if (!Number.isSafeInteger(value) || value < least || value > most || text.trim() === '')
      throw new InvalidArgumentError(`a whole number ${range}.`);
    return value;
  };
}

/** More threads than cores only wait for each other; a few more do no harm. */
export const mostThreads = Math.max(8, 2 * availableParallelism());

/** A name that can be read. */
export function words(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('it is empty.');
  return text.trim();
}

/** Gathers tags; in the ledger commas stand between them. */
export function gatherTags(text: string, before: string[] = []): string[] {
  if (text.includes(',')) throw new InvalidArgumentError('a tag has no comma; give --tag once for each.');
  return [...before, words(text)];
}

/** Gathers an option that may be given several times. */
export const gather = (text: string, before: string[] = []): string[] => [...before, text];

export const formats = ['table', 'csv', 'json'] as const;

export type Format = (typeof formats)[number];
