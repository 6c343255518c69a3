// One set of contenders measured together, and told about as rows: everything that is compared in a row comes from the same rounds.
import type { Quantity, Row, Target } from '../report/row.ts';
import { type Contender, interleave, type Pace } from './sampling.ts';
import type { Summary } from './statistics.ts';

export interface Rounds {
  /** Median of a contender. */
  median(contender: Contender): number;
  /** The one with the highest median. */
  fastest(contenders: readonly Contender[]): Contender;
  /** Summaries of some, for a row. */
  samples(contenders: readonly Contender[]): { [name: string]: Summary };
}

/** Measures and disposes of all, also where one fails. */
export async function inRounds(contenders: readonly Contender[], pace: Pace): Promise<Rounds> {
  try {
    const summaries = await interleave(contenders, pace);
    const of = ({ name }: Contender): Summary => summaries.get(name)!;
    return {
      median: (contender) => of(contender).median,
      fastest: (some) => some.reduce((best, next) => (of(next).median > of(best).median ? next : best)),
      samples: (some) => Object.fromEntries(some.map((contender) => [contender.name, of(contender)])),
    };
  } finally {
    for (const contender of contenders) contender.dispose?.();
  }
}

/** Images a second of one against those of the fastest of others. */
export function versus(
  rounds: Rounds,
  { id, what, target }: { id: string; what: string; target: Target | null },
  ours: Contender,
  others: readonly Contender[],
): Row {
  const best = rounds.fastest(others);
  return {
    id,
    what,
    measured: rate(rounds.median(ours)),
    against: { ...rate(rounds.median(best)), name: best.name },
    ratio: { value: rounds.median(ours) / rounds.median(best), unit: 'x' },
    target,
    note: null,
    samples: rounds.samples([ours, ...others]),
  };
}

export const rate = (value: number): Quantity => ({ value, unit: 'images/s' });
