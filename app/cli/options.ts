// Values of options, read once: what commander hands over is text.
import { InvalidArgumentError } from 'commander';

/** A reader of whole numbers of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || text.trim() === '')
      throw new InvalidArgumentError(`a whole number from ${least} on.`);
    return value;
  };
}

/** Gathers an option that may be given several times. */
export const gather = (text: string, before: string[] = []): string[] => [...before, text];

export const formats = ['table', 'csv', 'json'] as const;

export type Format = (typeof formats)[number];
