// The kinds of values a recipe holds, each with the words for what it takes; errors quote these words.
import * as z from 'zod';

/** An integer from `from`, exact as a JavaScript number. */
export function integer(from: number) {
  const takes = `an integer from ${from}`;
  return z.int(takes).min(from, takes);
}

/** Any finite number. */
export function anyNumber() {
  return z.number('a number');
}

/** A finite number from `from`. */
export function numberFrom(from: number) {
  const takes = `a number from ${from}`;
  return z.number(takes).min(from, takes);
}

/** A finite number above `limit`. */
export function numberAbove(limit: number) {
  const takes = `a number above ${limit}`;
  return z.number(takes).gt(limit, takes);
}

/** A number above 0, at most `limit`. */
export function positiveUpTo(limit: number) {
  const takes = `a number above 0, at most ${limit}`;
  return z.number(takes).gt(0, takes).max(limit, takes);
}

/** A number above 0, below 1. */
export function shareInside() {
  const takes = 'a number above 0, below 1';
  return z.number(takes).gt(0, takes).lt(1, takes);
}

/** A number from 0 to 1. */
export function share() {
  const takes = 'a number from 0 to 1';
  return z.number(takes).min(0, takes).max(1, takes);
}

/** A number from 0 up to, but without, 1. */
export function shareBelowOne() {
  const takes = 'a number from 0, below 1';
  return z.number(takes).min(0, takes).lt(1, takes);
}

export function flag() {
  return z.boolean('true or false');
}

/** Name of a layer or an operator. `/` is left out because it joins the names of nested blocks and of recorded series. */
export function itemName() {
  const takes = 'a name of letters, digits, _, - and ., beginning with a letter';
  return z.string(takes).regex(/^[A-Za-z][\w.-]*$/, takes);
}

/** An integer from `from` for both axes, or a pair of them. */
export function sides(from: number) {
  const takes = sidesWords(from);
  return z.union([integer(from), z.tuple([integer(from), integer(from)])], takes);
}

/** What `sides` takes. */
export function sidesWords(from: number): string {
  return `an integer from ${from}, or two: [rows, columns]`;
}
