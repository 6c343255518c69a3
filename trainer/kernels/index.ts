// Which engine computes a run. The loop takes what `createEngine` gives and never asks which one it is.
import type { Engine, EngineSpec } from '../engine.ts';
import { createWasmEngine } from './engine.ts';
import { createReferenceEngine } from './reference/engine.ts';
import { chooseTarget } from './selfTest.ts';

/** Engines by name; all give the same bits. */
export const engines: Readonly<Record<'wasm' | 'reference', (spec: EngineSpec) => Engine>> = {
  wasm: (spec) => createWasmEngine(spec, { target: chooseTarget(spec.arithmetic) }),
  reference: (spec) => createReferenceEngine(spec),
};

/** The engine of a run: generated kernels. */
export const createEngine = engines.wasm;
