// From kernels as they are written to one WebAssembly module.
import { encodeModule } from './encoder.ts';
import type { KernelSource } from './kernels.ts';
import { type CompiledKernels, MEMORY_IMPORT } from './module.ts';
import { kernelCode } from './wasm.ts';
import { PAGE_BYTES, type SharedMemory, webAssembly } from './webAssembly.ts';

/** All kernels as one module over an imported memory of `pages` pages; exports are named `k0`, `k1`, … in the order of `sources`. */
export function encodeKernels(sources: readonly KernelSource[], fused: boolean, pages: number): Uint8Array {
  const functions = sources.map((source) => kernelCode(source, fused));
  return encodeModule(functions, { ...MEMORY_IMPORT, pages });
}

export function compileKernels(sources: readonly KernelSource[], fused: boolean, memory: SharedMemory): CompiledKernels {
  const pages = memory.buffer.byteLength / PAGE_BYTES;
  return { module: new webAssembly.Module(encodeKernels(sources, fused, pages)), count: sources.length };
}
