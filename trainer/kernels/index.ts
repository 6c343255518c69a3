// Which engine computes a run. The loop takes what `createEngine` gives and never asks which one it is.
import type { Engine, EngineSpec } from '../engine.ts';
import { createWasmEngine, type PassProfile } from './engine.ts';
import { candidateTarget, chooseTarget, type Verdicts } from './selfTest.ts';

export interface EngineOptions {
  /** Called after every pass, whose phases are then timed. */
  profile?: ((pass: PassProfile) => void) | undefined;
  /** Self-tests that this machine has passed. */
  verdicts?: Verdicts | undefined;
}

/** The engine of a run: generated kernels. */
export function createEngine(spec: EngineSpec, { profile, verdicts }: EngineOptions = {}): Engine {
  const options = profile ? { profile } : {};
  // The self-test goes on while the engine is made.
  const { target, holds } = candidateTarget(spec.arithmetic, verdicts);
  const engine = createWasmEngine(spec, { target, ...options });
  if (holds()) return engine;
  engine.dispose();
  return createWasmEngine(spec, { target: chooseTarget(spec.arithmetic), ...options });
}
