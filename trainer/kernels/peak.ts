// What this machine could do if nothing but multiply-adds cost time: loops over registers alone, in several shapes, on any number of threads
// at once. The same emitter and the same target as every kernel, so that a share of peak compares like with like.
import type { Arithmetic } from '../recipe.ts';
import { soloTeam, startTeam, type Team } from '../threads/team.ts';
import { allowMerging } from '../v8Flags.ts';
import { compileKernels } from './emit/compile.ts';
import { instantiateKernels } from './emit/module.ts';
import { NUMBER_BYTES, type PeakHelperData, planPeak, roundsOf, SHAPES } from './peakLoops.ts';
import { BLOCK } from './plane.ts';
import { chooseTarget } from './selfTest.ts';
import type { Step } from './work.ts';

/** A probe that stays ready, so that its measurements can be taken in turn with others. */
export interface PeakProbe {
  readonly threads: number;
  /** Runs every loop shape once on all threads, some ten milliseconds; GFLOP/s of the best, a multiply-add being 2. */
  sample(): number;
  dispose(): void;
}

const NO_STEP: Step = { batch: 0, epoch: 0, part: 'train', augmented: false, samples: new Uint32Array() };

/** A probe on `threads` threads, the caller's one of them; its code is warm. */
export function createPeakProbe(threads: number, arithmetic: Arithmetic = 'fused'): PeakProbe {
  if (chooseTarget(arithmetic).merged) allowMerging();
  const { arena, kernels, numbers, board, programs } = planPeak(threads, 0);
  const memory = arena.createMemory();
  arena.attach(memory);
  const compiled = compileKernels(kernels.sources, arithmetic === 'fused', memory);
  kernels.link(instantiateKernels(compiled, memory));
  arena.views.floats.fill(0.5, numbers / 4, (numbers + NUMBER_BYTES) / 4);
  const team = gatherTeam();

  function gatherTeam(): Team {
    if (threads === 1) return soloTeam();
    const data: PeakHelperData = { threads, memory, compiled };
    return startTeam(threads, new Int32Array(memory.buffer, board), new URL('./peakWorker.ts', import.meta.url), data);
  }

  function sample(): number {
    let best = 0;
    for (const [shape, rows] of SHAPES.entries()) {
      const operations = 2 * threads * rows * BLOCK * roundsOf(rows);
      const start = performance.now();
      team.run(shape, programs[shape]!, NO_STEP);
      best = Math.max(best, operations / 1e6 / (performance.now() - start));
    }
    return best;
  }

  for (let i = 0; i < 3; i++) sample();
  return { threads, sample, dispose: () => team.dispose() };
}

/** Best of many samples within `milliseconds`, GFLOP/s. */
export function measurePeak(threads: number, milliseconds: number, arithmetic: Arithmetic = 'fused'): number {
  const probe = createPeakProbe(threads, arithmetic);
  let best = 0;
  for (const end = performance.now() + milliseconds; performance.now() < end; ) best = Math.max(best, probe.sample());
  probe.dispose();
  return best;
}
