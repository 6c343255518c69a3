// What a run's worker and the process that records it say to each other. Facts go one way as messages; acknowledgements and
// the request to stop go the other way through shared memory, because a worker in the middle of an epoch reads no messages.
// How far the run is lies in shared memory too: a message costs a quarter of a millisecond, and there would be ten a second.
import type { DataSet, Fact, Origin, Progress, Recipe } from '../../trainer/index.ts';
import type { ProfiledPass, StepWindow } from './profile.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** On how many threads its first run will train. */
  threads: number;
}

/** A run to train. Images and labels lie in shared memory, so sending them costs nothing. */
export interface RunTask {
  recipe: Recipe;
  dataset: DataSet;
  threads: number;
  /** Where the run goes on; from its start where there is none. */
  from?: Origin | null;
  /** After which it stops, as it was stopped when it was recorded. */
  lastStep?: number | undefined;
  /** Steps to profile. */
  profile?: StepWindow | undefined;
}

/** A run as a worker is given it. */
export interface WorkerTask extends RunTask {
  control: SharedArrayBuffer;
}

export type WorkerMessage =
  | { kind: 'fact'; fact: Fact }
  | { kind: 'profile'; passes: readonly ProfiledPass[] }
  /** The run has ended and everything is said; the worker waits for the next one. */
  | { kind: 'done' };

/** Who stops a run, as `RunStopped` records it: a signal is all that can do so yet. */
export const stopReason = { by: 'signal', why: 'the process was asked to stop' } as const;

/** Facts a worker may be ahead of the ledger; then it waits, which changes no bit. */
export const mostOutstanding = 64;

/** In 32-bit words; `written` is odd while the progress is being written. */
const slots = { stop: 0, acknowledged: 1, written: 2 } as const;
const progressAt = 16;
const figures = [
  'epoch',
  'epochs',
  'step',
  'stepsPerEpoch',
  'loss',
  'accuracy',
  'learningRate',
  'samplesPerSecond',
] as const satisfies (keyof Progress)[];

/** The recording side. */
export interface Controls {
  readonly memory: SharedArrayBuffer;
  /** One more fact is committed. */
  acknowledge(): void;
  stop(): void;
  /** What the worker said last; null before the first time, and in the rare moment in which it is saying more. */
  progress(): Progress | null;
}

export function createControls(): Controls {
  const memory = new SharedArrayBuffer(progressAt + figures.length * Float64Array.BYTES_PER_ELEMENT);
  const control = new Int32Array(memory, 0, Object.keys(slots).length);
  const said = new Float64Array(memory, progressAt);
  return {
    memory,
    progress() {
      const before = Atomics.load(control, slots.written);
      const progress = Object.fromEntries(figures.map((figure, i) => [figure, said[i]!])) as unknown as Progress;
      const whole = before > 0 && before % 2 === 0 && Atomics.load(control, slots.written) === before;
      return whole ? progress : null;
    },
    acknowledge() {
      Atomics.add(control, slots.acknowledged, 1);
      Atomics.notify(control, slots.acknowledged);
    },
    stop() {
      Atomics.store(control, slots.stop, 1);
      Atomics.notify(control, slots.acknowledged);
    },
  };
}

/** The worker's side. */
export interface Obedience {
  readonly stopped: boolean;
  /** Blocks while `sent` facts are too many ahead of the acknowledged ones. */
  waitFor(sent: number): void;
  report(progress: Progress): void;
}

export function obey(memory: SharedArrayBuffer): Obedience {
  const control = new Int32Array(memory, 0, Object.keys(slots).length);
  const said = new Float64Array(memory, progressAt);
  return {
    report(progress) {
      Atomics.add(control, slots.written, 1);
      figures.forEach((figure, i) => {
        said[i] = progress[figure];
      });
      Atomics.add(control, slots.written, 1);
    },
    get stopped() {
      return Atomics.load(control, slots.stop) === 1;
    },
    waitFor(sent) {
      for (;;) {
        const acknowledged = Atomics.load(control, slots.acknowledged);
        if (sent - acknowledged < mostOutstanding) return;
        Atomics.wait(control, slots.acknowledged, acknowledged);
      }
    },
  };
}
