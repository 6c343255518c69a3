// The words that a team shares: what to do next, where everybody is, which chunks are taken. Each stands on a cache line of its own; behind
// those that are waited for, waiting.ts keeps who sleeps.

/** 32-bit words of a line. */
const LINE = 16;

export const PLACES = {
  arrived: 0,
  round: LINE,
  /** Counts jobs; helpers wait for it to move. */
  job: 2 * LINE,
  /** The job itself: which program, and its step. */
  program: 3 * LINE,
  batch: 3 * LINE + 1,
  epoch: 3 * LINE + 2,
  part: 3 * LINE + 3,
  augmented: 3 * LINE + 4,
  failed: 4 * LINE,
  ready: 5 * LINE,
  taken: 6 * LINE,
} as const;

/** `program` when the team is to end. */
export const STOP = -1;

/** Bytes of a board for programs of at most `phases` phases. */
export function boardBytes(phases: number, threads: number): number {
  return 4 * (PLACES.taken + phases * threads * LINE);
}

/** Place of the count of chunks taken from one thread's share of a phase. */
export function takenPlace(phase: number, threads: number, thread: number): number {
  return PLACES.taken + (phase * threads + thread) * LINE;
}
