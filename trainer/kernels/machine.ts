// What this machine gives the engine, found out by value, for whoever asks (`runledger doctor`). Decides nothing: a run chooses by itself.
import { RunledgerError } from '../errors.ts';
import type { Arithmetic } from '../recipe.ts';
import { requireFusedMadd } from './probe.ts';
import { agreesWithReference, chooseTarget } from './selfTest.ts';
import type { Target } from './tiles.ts';

export interface MachineArithmetic {
  arithmetic: Arithmetic;
  /** What runs in this arithmetic would use. */
  backend: Target['backend'];
  /** Whether V8 merges pairs of 128-bit operations, by `--experimental-wasm-revectorize`. */
  merged: boolean;
  /** The self-test: optimised kernels of every kind give the reference's bytes. */
  agrees: boolean;
}

export interface Machine {
  /** WebAssembly has 128-bit vectors here; without them nothing can be trained. */
  simd: boolean;
  /** Multiply-add rounds once; without it recipes need `arithmetic: strict`. */
  fused: boolean;
  /** Those that this machine can compute. */
  arithmetics: readonly MachineArithmetic[];
}

/** Takes a fraction of a second for each arithmetic, on the calling thread. */
export function examineMachine(): Machine {
  const { simd, fused } = probe();
  const possible: readonly Arithmetic[] = !simd ? [] : fused ? ['fused', 'strict'] : ['strict'];
  const arithmetics = possible.map((arithmetic): MachineArithmetic => {
    const target = chooseTarget(arithmetic);
    const { backend, merged } = target;
    return { arithmetic, backend, merged, agrees: agreesWithReference(target, arithmetic) };
  });
  return { simd, fused, arithmetics };
}

/** A kernel with vectors compiles, and its multiply-add rounds once. */
function probe(): { simd: boolean; fused: boolean } {
  try {
    requireFusedMadd();
    return { simd: true, fused: true };
  } catch (error) {
    if (error instanceof RunledgerError) return { simd: true, fused: false };
    if (error instanceof Error && error.name === 'CompileError') return { simd: false, fused: false };
    throw error;
  }
}
