// Which target this machine gets. Merging 128-bit operations is experimental in V8, so before it is trusted a small network that uses every
// kind of kernel is trained until its code is optimised, and one step is compared with what the reference gave for it, byte by byte.
// A pass may be remembered, by whoever has a place for it, for this very code on this very machine (docs/decisions/0010).
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import type { Arithmetic } from '../recipe.ts';
import { forbidMerging } from '../v8Flags.ts';
import { encodeKernels } from './emit/compile.ts';
import { createWasmEngine } from './engine.ts';
import { planProgram } from './program.ts';
import { digestOf, EXPECTED, testSpec, testStep } from './selfTestNetwork.ts';
import { type Target, WASM_128, WASM_128_WIDE, WASM_256 } from './tiles.ts';

/** How long code is given to be optimised. A kernel is, once it has run for about a millisecond. */
const WARM_UP_MS = 80;
/** The part of it that comes before anything else, so that the rest can go on beside it. */
const FIRST_MS = 15;

/** Where passed self-tests are remembered, by key. Failed ones never are. */
export interface Verdicts {
  passed(key: string): boolean;
  remember(key: string): void;
}

/**
 * What a verdict on merged code is about, SHA-256 in hex: the test network's kernels as they are generated now, what they must give, and the
 * processor, Node and flags that run them.
 */
export function verdictKey(arithmetic: Arithmetic): string {
  const { kernels } = planProgram(testSpec(arithmetic), { target: WASM_256, merge: true, threads: 1 }, 0);
  const { NODE_OPTIONS = '' } = process.env;
  const { node, v8: engine } = process.versions;
  const machine = [process.platform, process.arch, cpus()[0]?.model ?? '', node, engine, NODE_OPTIONS, ...process.execArgv];
  return createHash('sha256')
    .update(JSON.stringify([arithmetic, EXPECTED[arithmetic], ...machine]))
    .update(encodeKernels(kernels.sources, arithmetic === 'fused', 1))
    .digest('hex');
}

/** Whether optimised code for this target gives the reference's bytes. */
export function agreesWithReference(target: Target, arithmetic: Arithmetic): boolean {
  return beginSelfTest(target, arithmetic)();
}

/** Runs the test network for a moment, so that V8 begins to optimise its code beside what the caller does; the rest comes with the verdict. */
function beginSelfTest(target: Target, arithmetic: Arithmetic): () => boolean {
  const engine = createWasmEngine(testSpec(arithmetic), { target });
  const start = engine.readState();
  const begun = performance.now();
  const stepsUntil = (end: number) => {
    while (performance.now() < end) testStep(engine);
  };
  stepsUntil(begun + FIRST_MS);
  return () => {
    stepsUntil(begun + WARM_UP_MS);
    engine.writeState(start);
    testStep(engine);
    const digest = digestOf(engine.readState());
    engine.dispose();
    return digest === EXPECTED[arithmetic];
  };
}

const chosen = new Map<Arithmetic, Target>();
const keys = new Map<Arithmetic, string>();

/** `verdictKey`, worked out once in a thread. */
export function knownKey(arithmetic: Arithmetic): string {
  const key = keys.get(arithmetic) ?? verdictKey(arithmetic);
  keys.set(arithmetic, key);
  return key;
}

/** A target to go on with, and whether it turned out to be the right one. */
export interface Candidate {
  target: Target;
  holds(): boolean;
}

/** The likely target for this machine while its self-test is under way; tested once in a thread, or once for `verdicts`. */
export function candidateTarget(arithmetic: Arithmetic, verdicts?: Verdicts): Candidate {
  const known = chosen.get(arithmetic) ?? (process.arch === 'x64' ? null : WASM_128_WIDE);
  if (known) return { target: known, holds: () => true };
  const key = verdicts && knownKey(arithmetic);
  if (key !== undefined && verdicts?.passed(key)) {
    chosen.set(arithmetic, WASM_256);
    return { target: WASM_256, holds: () => true };
  }
  const agrees = beginSelfTest(WASM_256, arithmetic);
  return {
    target: WASM_256,
    holds() {
      chosen.set(arithmetic, mergedWhereItHolds(arithmetic, agrees));
      if (chosen.get(arithmetic) !== WASM_256) return false;
      if (key !== undefined) verdicts?.remember(key);
      return true;
    },
  };
}

/** The target for this machine. Falls back to unmerged 128-bit code with a warning, which changes no bit. */
export function chooseTarget(arithmetic: Arithmetic): Target {
  const { target, holds } = candidateTarget(arithmetic);
  return holds() ? target : chosen.get(arithmetic)!;
}

/** 256-bit code if it agrees with the reference, else 128-bit code and a warning. */
export function mergedWhereItHolds(
  arithmetic: Arithmetic,
  agrees: (target: Target, arithmetic: Arithmetic) => boolean = agreesWithReference,
): Target {
  if (agrees(WASM_256, arithmetic)) return WASM_256;
  forbidMerging();
  process.emitWarning('256-bit code differs from the reference on this machine: running 128-bit code, slower and with the same results', {
    code: 'RUNLEDGER_WASM_128',
  });
  return WASM_128;
}
