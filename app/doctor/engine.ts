// What the trainer's engine finds here, with the peak that a step's speed can be held against.
import { availableParallelism } from 'node:os';
import { examineMachine, type Machine, measurePeak } from '../../trainer/index.ts';

export interface EngineFindings extends Machine {
  /** V8 flags: those this process was started with, and those the trainer sets before it compiles. */
  flags: readonly string[];
  /** The best that loops of multiply-adds alone did, GFLOP/s, a multiply-add being 2; null without vectors. */
  peak: { oneThread: number; allThreads: number; threads: number } | null;
}

const peakMs = 300;

export function examineEngine(): EngineFindings {
  const machine = examineMachine();
  const merged = machine.arithmetics.some((arithmetic) => arithmetic.merged);
  const asked = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].filter((flag) => flag.startsWith('--'));
  return { ...machine, flags: [...asked, ...(merged ? ['--experimental-wasm-revectorize'] : [])], peak: peakOf(machine) };
}

function peakOf({ simd, fused }: Machine): EngineFindings['peak'] {
  if (!simd) return null;
  const arithmetic = fused ? 'fused' : 'strict';
  const threads = availableParallelism();
  const oneThread = measurePeak(1, peakMs, arithmetic);
  return { oneThread, allThreads: threads === 1 ? oneThread : measurePeak(threads, peakMs, arithmetic), threads };
}
