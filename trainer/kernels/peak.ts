// What this machine could do if nothing but multiply-adds cost time: loops over registers alone, in several shapes, on any number of threads
// at once. The same emitter and the same target as every kernel, so that a share of peak compares like with like.
import v8 from 'node:v8';
import type { Arithmetic } from '../recipe.ts';
import { boardBytes } from '../threads/board.ts';
import { soloTeam, startTeam, type Team } from '../threads/team.ts';
import { Arena } from './arena.ts';
import { type KernelBody, KernelSet } from './emit/kernels.ts';
import { type CompiledKernels, compileKernels, instantiateKernels } from './emit/wasm.ts';
import type { SharedMemory } from './emit/webAssembly.ts';
import { BLOCK, BLOCK_BYTES } from './plane.ts';
import { chooseTarget } from './selfTest.ts';
import type { Phase, Step } from './work.ts';

/** Blocks of 16 lanes that are multiplied and added side by side; which number is best depends on the machine's registers and latency. */
const SHAPES = [2, 4, 5, 6] as const;

/** Rounds of the largest shape in one chunk, which then lasts a millisecond or two. */
const ROUNDS = 1_000_000;

/** Bytes of a and of 16 times b. */
export const NUMBER_BYTES = 2 * BLOCK_BYTES;

/** sum = a·b + sum in every register: what a contraction does, without its loads. */
function multiplyAdds(rows: number): KernelBody {
  return (e, numbers, rounds) => {
    const [a, b] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const sums = Array.from({ length: rows }, () => e.lanes(BLOCK));
    e.splat(a, numbers, 0);
    e.load(b, numbers, BLOCK_BYTES);
    for (const sum of sums) e.zero(sum);
    e.loop(rounds, () => {
      for (const sum of sums) e.madd(sum, a, b, sum);
    });
    sums.forEach((sum, row) => {
      e.store(numbers, NUMBER_BYTES + row * BLOCK_BYTES, sum);
    });
  };
}

export interface PeakPlan {
  arena: Arena;
  kernels: KernelSet;
  /** Numbers that the loops start from, an own place for each thread. */
  numbers: number;
  board: number;
  /** One program a shape: as many chunks as threads. */
  programs: readonly (readonly Phase[])[];
}

export function planPeak(threads: number, thread: number): PeakPlan {
  const arena = new Arena(threads, thread);
  const kernels = new KernelSet();
  const numbers = arena.scratch(NUMBER_BYTES + Math.max(...SHAPES) * BLOCK_BYTES);
  const programs = SHAPES.map((rows): Phase[] => {
    const kernel = kernels.add(`peak/${rows}`, 2, multiplyAdds(rows));
    const rounds = Math.round((ROUNDS * SHAPES.at(-1)!) / rows);
    const task = {
      kind: 'task' as const,
      name: `peak/${rows}`,
      barrier: true,
      chunks: () => threads,
      run: () => kernel.run(numbers, rounds),
    };
    return [{ name: task.name, tasks: [task] }];
  });
  return { arena, kernels, numbers, board: arena.shared(boardBytes(1, threads)), programs };
}

/** What a thread of the probe needs to join. */
export interface PeakHelperData {
  threads: number;
  memory: SharedMemory;
  compiled: CompiledKernels;
}

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
  if (chooseTarget(arithmetic).merged) v8.setFlagsFromString('--experimental-wasm-revectorize');
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
      const operations = 2 * threads * rows * BLOCK * Math.round((ROUNDS * SHAPES.at(-1)!) / rows);
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
