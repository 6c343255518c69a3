// What a kind of damage is: a function of a seed that does one case of it and throws where something does not hold.

/** How much one case is, where that can be chosen: small in tests. */
export type Size = 'small' | 'large';

export interface Kind {
  name: string;
  /** What is done to a ledger, in one line. */
  what: string;
  /** Cases in `npm test` (0 where its test stands elsewhere), and in `npm run chaos`. */
  counts: { test: number; chaos: number };
  /** Where it cannot be done on this machine, the reason. */
  unable?: () => string | null;
  // biome-ignore lint/suspicious/noConfusingVoidType: most kinds only hold or throw
  run(seed: number, size: Size): Promise<Outcome | void>;
}

/** What a case of kills counts; other kinds only hold or throw. */
export interface Outcome {
  lostEvents: number;
  identicalWeights: boolean;
}

/** What a case of kills may not count, in words. */
export function violation({ lostEvents, identicalWeights }: Outcome): string | null {
  if (lostEvents > 0) return `${lostEvents} acknowledged events are lost`;
  return identicalWeights ? null : 'a run that was taken up ends in other weights than an unbroken one';
}

/** A violation, said in words. */
export function hold(holds: boolean, words: string | (() => string)): asserts holds {
  if (!holds) throw new Error(typeof words === 'string' ? words : words());
}
