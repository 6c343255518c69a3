// What a kind of damage is: a function of a seed that does one case of it and throws where something does not hold.

export interface Kind {
  name: string;
  /** What is done to a ledger, in one line. */
  what: string;
  /** Cases in `npm test`, and in `npm run chaos`. */
  counts: { test: number; chaos: number };
  /** Where it cannot be done on this machine, the reason. */
  unable?: () => string | null;
  run(seed: number): Promise<Outcome | void>;
}

/** What a case of kills counts; other kinds only hold or throw. */
export interface Outcome {
  lostEvents: number;
  identicalWeights: boolean;
}

/** A violation, said in words. */
export function hold(holds: boolean, words: string | (() => string)): asserts holds {
  if (!holds) throw new Error(typeof words === 'string' ? words : words());
}
