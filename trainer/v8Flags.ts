// The one flag of V8 that the engine needs, for the whole process: it merges neighbouring 128-bit operations of WebAssembly. Experimental, so the
// engine tests what comes of it. V8 takes compiled code from Node's cache only where its flags are those that the code was compiled under;
// so a program that may train sets it before anything else, or its threads would throw away each other's code, start after start.
import v8 from 'node:v8';

export const MERGING_FLAG = '--experimental-wasm-revectorize';

/** Only x86-64 has 256-bit registers to merge into. */
export function allowMerging(): void {
  if (process.arch === 'x64') v8.setFlagsFromString(MERGING_FLAG);
}

/** For code compiled from now on. */
export function forbidMerging(): void {
  v8.setFlagsFromString('--no-experimental-wasm-revectorize');
}
