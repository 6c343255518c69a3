// When a team's threads did what: two moments a phase and a thread, in memory that all threads share. Whoever asks for a profile reads
// them after each pass; without one there are none.

/** Moments of one thread in one phase: it began, its share was done. All go on when the last one's is. */
export const MOMENTS = { began: 0, worked: 1 } as const;

const COUNT = 2;

/** One thread's marks. `values` is (threads, phases, 2) in milliseconds since `origin`, which is in milliseconds of the epoch. */
export class PhaseTimes {
  readonly #values: Float64Array;
  readonly #first: number;
  readonly #shift: number;

  constructor(values: Float64Array, phases: number, thread: number, origin: number) {
    this.#values = values;
    this.#first = thread * phases * COUNT;
    this.#shift = performance.timeOrigin - origin;
  }

  mark(phase: number, moment: keyof typeof MOMENTS): void {
    this.#values[this.#first + phase * COUNT + MOMENTS[moment]] = performance.now() + this.#shift;
  }
}

/** Shared memory for the moments of a team. */
export function momentsOf(threads: number, phases: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(threads * phases * COUNT * Float64Array.BYTES_PER_ELEMENT));
}
