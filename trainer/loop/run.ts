// A run under way, as the parts of the loop share it: what was asked for, what was prepared, and how far it has come.
import type { DataSet } from '../data/images.ts';
import type { Engine, EngineSpec, EngineState } from '../engine.ts';
import type { Fact, Metrics } from '../facts.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { PassProfile } from '../kernels/engine.ts';
import type { Verdicts } from '../kernels/selfTest.ts';
import type { Preparation } from '../prepare.ts';
import type { Recipe } from '../recipe.ts';
import type { PlateauState } from '../schedules/plateau.ts';
import type { Patience } from './early.ts';
import type { Origin } from './origin.ts';

/** An AbortSignal, or whatever else says so. A reason of the form `{ by, why }` is recorded. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** For a bar on a terminal; no fact. Loss and accuracy are means over the epoch so far. */
export interface Progress {
  epoch: number;
  epochs: number;
  /** Over the whole run. */
  step: number;
  stepsPerEpoch: number;
  loss: number;
  accuracy: number;
  /** Of the last step. */
  learningRate: number;
  samplesPerSecond: number;
}

export interface TrainOptions {
  /** Milliseconds; only differences count. */
  clock: () => number;
  /** Version of the program, for the record. */
  version: string;
  threads?: number;
  /** Where the run goes on; from its start where there is none. */
  from?: Origin | undefined;
  /** Asked between steps. */
  signal?: StopSignal;
  /** The run stops after this step as if it had been asked to: so a replay ends where a decision from outside ended the run. */
  lastStep?: number | undefined;
  /** Called about ten times a second at most. */
  progress?: (progress: Progress) => void;
  /** Called after every pass through the network with what each thread did; changes no bit. `engine` knows nothing of it. */
  profile?: ((pass: PassProfile) => void) | undefined;
  /** Self-tests that this machine has passed; without them the engine is tested anew. `engine` knows nothing of them. */
  verdicts?: Verdicts | undefined;
  engine?: (spec: EngineSpec) => Engine | Promise<Engine>;
}

export interface Best {
  epoch: number;
  validation: Metrics;
  state: EngineState;
}

export interface Run {
  readonly recipe: Recipe;
  readonly dataset: DataSet;
  readonly options: TrainOptions;
  readonly preparation: Preparation;
  readonly engine: Engine;
  readonly threads: number;
  readonly startedAt: number;
  readonly fingerprint: Fingerprint;
  /** Of the step under way or done last; 0 before the first. */
  readonly position: { epoch: number; step: number };
  /** Awaited between steps and batches. */
  readonly turn: () => Promise<void> | undefined;
  /** Best epoch by validation accuracy; of equals the earliest. */
  best: Best | null;
  /** What rules that look back remember, after the last whole epoch; null where the recipe has none. */
  plateau: PlateauState | null;
  patience: Patience | null;
  /** State at the end of the last epoch, or where this attempt began; null at the very start. Looked at only where the run fails. */
  epochStart: EngineState | null;
}

/** Whether the run shall stop after the step that was taken last. */
export function isStopped({ options, position }: Run): boolean {
  return options.signal?.aborted === true || position.step >= (options.lastStep ?? Number.POSITIVE_INFINITY);
}

export function secondsSince(start: number, { clock }: TrainOptions): number {
  return (clock() - start) / 1000;
}

/** Notes a fact for the fingerprint on its way out. */
export function noted<F extends Fact>(run: Run, fact: F): F {
  run.fingerprint.add(fact);
  return fact;
}

/** How long the loop keeps a thread to itself, in milliseconds. */
const TURN_MS = 50;

/** To be awaited between steps: lets the thread's event loop run, where it has not for a while, so that messages arrive and facts leave. */
export function createTurns(clock: () => number): () => Promise<void> | undefined {
  let last = clock();
  return () => {
    if (clock() - last < TURN_MS) return undefined;
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        last = clock();
        resolve();
      });
    });
  };
}
