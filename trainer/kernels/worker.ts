// What a helper thread of a generated engine runs: the same program, over the leader's memory and compiled code.
import type { EngineSpec } from '../engine.ts';
import { PLACES } from '../threads/board.ts';
import { awaitStart, report, serve } from '../threads/helper.ts';
import { PhaseTimes } from '../threads/phaseTimes.ts';
import { type CompiledKernels, instantiateKernels } from './emit/module.ts';
import type { SharedMemory } from './emit/webAssembly.ts';
import { type ProgramOptions, planProgram } from './program.ts';

export interface HelperData {
  spec: EngineSpec;
  options: ProgramOptions;
  memory: SharedMemory;
  compiled: CompiledKernels;
  /** Address of the team's board. */
  board: number;
  /** Where to mark the moments of a pass, if anyone asks. */
  profile: { times: Float64Array; phases: number; origin: number } | null;
}

const { data, thread, port } = await awaitStart<HelperData>();
const { spec, options, memory, compiled, board, profile } = data;
const words = new Int32Array(memory.buffer, board);
try {
  const { arena, kernels, phases, addresses } = planProgram(spec, options, thread);
  arena.attach(memory);
  kernels.link(instantiateKernels(compiled, memory));
  const samples = arena.views.words.subarray(addresses.samples / 4, addresses.samples / 4 + spec.batch);
  const times = profile && new PhaseTimes(profile.times, profile.phases, thread, profile.origin);
  serve(words, options.threads, thread, port, phases, samples, times);
} catch (error) {
  report(port, error);
  Atomics.store(words, PLACES.failed, 1);
}
