// What the benchmark and its worker share: processor time in milliseconds, by place.

export interface ObservedTask {
  /** Float64, one a place. */
  account: SharedArrayBuffer;
}

export const places = {
  /** In steps and evaluations, the run's own thread. */
  engine: 0,
  /** Of the thread when its first step was done: before it stand loading and compiling. */
  atFirstStep: 1,
  /** In the engine by then. */
  engineAtFirstStep: 2,
  /** Of the thread at its end. */
  thread: 3,
} as const;

/** User and system time of the calling thread. */
export function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
