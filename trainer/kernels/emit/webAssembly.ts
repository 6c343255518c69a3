// Node has WebAssembly but its type declarations do not: the few pieces of the interface that the engine needs.
// https://webassembly.github.io/spec/js-api/

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Compiled code; may be sent to workers. */
export interface WebAssemblyModule {
  readonly brand?: 'WebAssembly.Module';
}

interface WebAssemblyInterface {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Module: new (bytes: Uint8Array) => WebAssemblyModule;
  Instance: new (module: WebAssemblyModule, imports: Record<string, Record<string, unknown>>) => { exports: Record<string, unknown> };
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;

export const PAGE_BYTES = 65536;
