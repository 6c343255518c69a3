// Where a process is killed: what its parent decides from a seed and tells it in its environment.
import type { Chance } from '../chance.ts';

export const places = ['training', 'commit', 'blob', 'projection', 'migration', 'sweep'] as const;

export interface KillPlan {
  place: (typeof places)[number];
  /** The how manieth one. */
  at: number;
  /** Before it, after it, or while it happens: then the process says that it begins, and its parent kills it. */
  when: 'before' | 'after' | 'while';
}

/** What a victim does until it is killed. */
export type Task = 'open' | 'train' | 'resume' | 'sweep';

export const variable = 'RUNLEDGER_TEST_KILL';

/** What the parent of a process hears before something that it is to be killed in. */
export const beginning = 'begins';

/** How many there are, about, in a victim's life. */
const lives: Record<KillPlan['place'], number> = { training: 70, commit: 16, blob: 10, projection: 200, migration: 120, sweep: 50 };

export function planKill(dice: Chance, place: KillPlan['place']): KillPlan {
  const when = place === 'training' || place === 'sweep' ? 'while' : dice.from(['before', 'after', 'while'] as const);
  return { place, at: 1 + dice.below(lives[place]), when };
}
