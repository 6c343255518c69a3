// Chance from a seed: the same seed is the same case, on every machine.
import { generator } from '../app/ledger/synthetic.ts';

export interface Chance {
  /** Uniform in [0, 1). */
  real(): number;
  /** An integer from 0 to n − 1. */
  below(n: number): number;
  /** True once in n times. */
  oneIn(n: number): boolean;
  from<Value>(list: readonly Value[]): Value;
}

export function chance(seed: number): Chance {
  const real = generator(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
  const below = (n: number): number => Math.floor(real() * n);
  return {
    real,
    below,
    oneIn: (n) => below(n) === 0,
    from(list) {
      if (list.length === 0) throw new RangeError('nothing to choose from');
      return list[below(list.length)] as (typeof list)[number];
    },
  };
}
