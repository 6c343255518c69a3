// Which engine computes a run. The loop takes what `createEngine` gives and never asks which one it is.
import type { Engine, EngineSpec } from '../engine.ts';
import { expectTeam } from '../threads/team.ts';
import { createWasmEngine, HELPER, type PassProfile } from './engine.ts';
import { candidateTarget, chooseTarget, knownKey, type Verdicts } from './selfTest.ts';

export interface EngineOptions {
  /** Called after every pass, whose phases are then timed. */
  profile?: ((pass: PassProfile) => void) | undefined;
  /** Self-tests that this machine has passed. */
  verdicts?: Verdicts | undefined;
  /** Keeps what every layer gives in an evaluation: none is computed in one go with the next. Changes no bit. */
  everyLayer?: boolean | undefined;
}

/** What can be done before a run on `threads` threads is known: its helpers start, and what is usual is worked out. */
export function expectRun(threads: number): void {
  expectTeam(threads, HELPER);
  knownKey('fused');
}

/** The engine of a run: generated kernels. */
export function createEngine(spec: EngineSpec, { profile, verdicts, everyLayer = false }: EngineOptions = {}): Engine {
  const options = { merge: !everyLayer, ...(profile && { profile }) };
  // The self-test goes on while the engine is made.
  const { target, holds } = candidateTarget(spec.arithmetic, verdicts);
  const engine = createWasmEngine(spec, { target, ...options });
  if (holds()) return engine;
  engine.dispose();
  return createWasmEngine(spec, { target: chooseTarget(spec.arithmetic), ...options });
}
