// Which engine computes a run. The loop takes what `createEngine` gives and never asks which one it is.
import type { Engine, EngineSpec } from '../engine.ts';
import { createWasmEngine, type PassProfile } from './engine.ts';
import { createReferenceEngine } from './reference/engine.ts';
import { candidateTarget, chooseTarget } from './selfTest.ts';

/** Engines by name; all give the same bits. */
export const engines: Readonly<Record<'wasm' | 'reference', (spec: EngineSpec) => Engine>> = {
  wasm: (spec) => createEngine(spec),
  reference: (spec) => createReferenceEngine(spec),
};

/** The engine of a run: generated kernels. With `profile`, called after every pass, its phases are timed. */
export function createEngine(spec: EngineSpec, profile?: (pass: PassProfile) => void): Engine {
  const options = profile ? { profile } : {};
  // The self-test goes on while the engine is made.
  const { target, holds } = candidateTarget(spec.arithmetic);
  const engine = createWasmEngine(spec, { target, ...options });
  if (holds()) return engine;
  engine.dispose();
  return createWasmEngine(spec, { target: chooseTarget(spec.arithmetic), ...options });
}
