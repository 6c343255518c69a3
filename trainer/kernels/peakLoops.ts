// The loops of the peak probe: multiply-adds on registers alone, in several shapes, as programs that a team can run.
import { boardBytes } from '../threads/board.ts';
import { Arena } from './arena.ts';
import { type KernelBody, KernelSet } from './emit/kernels.ts';
import type { CompiledKernels } from './emit/module.ts';
import type { SharedMemory } from './emit/webAssembly.ts';
import { BLOCK, BLOCK_BYTES } from './plane.ts';
import type { Phase } from './work.ts';

/** Blocks of 16 lanes that are multiplied and added side by side; which number is best depends on the machine's registers and latency. */
export const SHAPES = [2, 4, 5, 6] as const;

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

/** So that all shapes do about the same. */
export function roundsOf(rows: number): number {
  return Math.round((ROUNDS * SHAPES.at(-1)!) / rows);
}

export function planPeak(threads: number, thread: number): PeakPlan {
  const arena = new Arena(threads, thread);
  const kernels = new KernelSet();
  const numbers = arena.scratch(NUMBER_BYTES + Math.max(...SHAPES) * BLOCK_BYTES);
  const programs = SHAPES.map((rows): Phase[] => {
    const kernel = kernels.add(`peak/${rows}`, 2, multiplyAdds(rows));
    const rounds = roundsOf(rows);
    const task = {
      kind: 'task' as const,
      name: `peak/${rows}`,

      chunks: () => threads,
      run: () => kernel.run(numbers, rounds),
    };
    return [{ name: task.name, preludes: [], tasks: [task] }];
  });
  return { arena, kernels, numbers, board: arena.shared(boardBytes(1, threads)), programs };
}

/** What a thread of the probe needs to join. */
export interface PeakHelperData {
  threads: number;
  memory: SharedMemory;
  compiled: CompiledKernels;
}
