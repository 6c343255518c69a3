// Compiled kernels on their way to whoever runs them: helpers take them from here and need nothing that encodes.
import type { KernelFunction } from './kernels.ts';
import { type SharedMemory, type WebAssemblyModule, webAssembly } from './webAssembly.ts';

/** A compiled module; can be sent to workers. */
export interface CompiledKernels {
  module: WebAssemblyModule;
  count: number;
}

/** The name under which a module imports its memory. */
export const MEMORY_IMPORT = { module: 'engine', name: 'memory' } as const;

/** The kernels over one memory, in the order of their sources. */
export function instantiateKernels({ module, count }: CompiledKernels, memory: SharedMemory): KernelFunction[] {
  const { exports } = new webAssembly.Instance(module, { [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory } });
  return Array.from({ length: count }, (_, i) => exports[`k${i}`] as KernelFunction);
}
