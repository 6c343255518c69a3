// Which passes through the network a profile keeps. The trainer times them; `trace.ts` writes them down.
import type { PassProfile } from '../../trainer/index.ts';

/** Steps of a run, counted from 1, both ends included. */
export interface StepWindow {
  first: number;
  last: number;
}

/** Late enough that the code is optimised, few enough that a viewer opens them at once. */
export const defaultWindow: StepWindow = { first: 50, last: 150 };

export interface ProfiledPass extends PassProfile {
  /** The training step it is, or the one it evaluates. */
  step: number;
}

export interface Profiler {
  take(pass: PassProfile): void;
  /** Passes within the window; all there are where the run ended before it. */
  passes(): readonly ProfiledPass[];
}

export function createProfiler({ first, last }: StepWindow): Profiler {
  const kept: ProfiledPass[] = [];
  let step = 0;
  return {
    take(pass) {
      if (pass.pass === 'training') step += 1;
      const of = pass.pass === 'accumulating' ? step + 1 : step;
      if (of <= last) kept.push({ ...pass, step: of });
    },
    passes: () => (step < first ? kept : kept.filter((pass) => pass.step >= first)),
  };
}
