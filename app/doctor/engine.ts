// What the trainer's engine finds here, with the peak that a step's speed can be held against.
import { availableParallelism } from 'node:os';
import { examineMachine, type Machine, measurePeak } from '../../trainer/index.ts';
import { MERGING_FLAG } from '../../trainer/v8Flags.ts';

export interface EngineFindings extends Machine {
  /** V8 flags: those this process was started with, and those the trainer sets before it compiles. */
  flags: readonly string[];
  /** The best that loops of multiply-adds alone did, GFLOP/s, a multiply-add being 2; null without vectors. */
  peak: { oneThread: number; allThreads: number; threads: number } | null;
}

const peakMs = 300;

export async function examineEngine(): Promise<EngineFindings> {
  const machine = await examineMachine();
  const merged = machine.arithmetics.some((arithmetic) => arithmetic.merged);
  const asked = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].filter((flag) => flag.startsWith('--'));
  return { ...machine, flags: [...asked, ...(merged ? [MERGING_FLAG] : [])], peak: await peakOf(machine) };
}

async function peakOf({ simd, fused }: Machine): Promise<EngineFindings['peak']> {
  if (!simd) return null;
  const arithmetic = fused ? 'fused' : 'strict';
  const threads = availableParallelism();
  const oneThread = await measurePeak(1, peakMs, arithmetic);
  return { oneThread, allThreads: threads === 1 ? oneThread : await measurePeak(threads, peakMs, arithmetic), threads };
}
