// One thread of a team, the leader or a helper: runs the phases of a program together with the others. Chunks are numbered without regard
// to threads; a thread takes its own share first, so that it meets its samples again in its own cache, then what is left of the others'.
import type { Phase, Step } from '../kernels/work.ts';
import { PLACES, takenPlace } from './board.ts';
import type { PhaseTimes } from './phaseTimes.ts';
import { Barrier } from './waiting.ts';

/** Every other phase goes through its chunks from the end: what the phase before touched last is still in the cache. */
export function backwards(phase: number): boolean {
  return phase % 2 === 1;
}

export class Member {
  readonly #words: Int32Array;
  readonly #threads: number;
  readonly #thread: number;
  readonly #barrier: Barrier;
  readonly #times: PhaseTimes | null;

  constructor(words: Int32Array, threads: number, thread: number, times: PhaseTimes | null = null) {
    this.#words = words;
    this.#threads = threads;
    this.#thread = thread;
    this.#times = times;
    this.#barrier = new Barrier(words, PLACES.arrived, PLACES.round, threads);
  }

  /** All phases, each ended by a barrier. What a chunk throws goes to `fail`; the team then skips the chunks that are left. */
  run(phases: readonly Phase[], step: Step, fail: (error: unknown) => void): void {
    for (const [index, phase] of phases.entries()) {
      this.#times?.mark(index, 'began');
      try {
        this.#runShare(index, phase, step);
      } catch (error) {
        fail(error);
        Atomics.store(this.#words, PLACES.failed, 1);
      }
      this.#times?.mark(index, 'worked');
      this.#barrier.wait();
    }
  }

  #runShare(index: number, { preludes, tasks }: Phase, step: Step): void {
    if (Atomics.load(this.#words, PLACES.failed) !== 0) return;
    for (const prelude of preludes) prelude.run(step);
    const counts = tasks.map((task) => task.chunks(step));
    const total = counts.reduce((sum, count) => sum + count, 0);
    for (let chunk = this.#take(index, total); chunk >= 0; chunk = this.#take(index, total)) {
      if (Atomics.load(this.#words, PLACES.failed) !== 0) return;
      let task = 0;
      let within = chunk;
      while (within >= counts[task]!) within -= counts[task++]!;
      tasks[task]!.run(within, step);
    }
  }

  /** A chunk that nobody has, or −1. */
  #take(phase: number, total: number): number {
    for (let i = 0; i < this.#threads; i++) {
      const owner = (this.#thread + i) % this.#threads;
      const first = Math.floor((total * owner) / this.#threads);
      const share = Math.floor((total * (owner + 1)) / this.#threads) - first;
      const place = takenPlace(phase, this.#threads, owner);
      if (Atomics.load(this.#words, place) >= share) continue;
      const taken = Atomics.add(this.#words, place, 1);
      if (taken < share) return first + (backwards(phase) ? share - 1 - taken : taken);
    }
    return -1;
  }
}
