// Ctrl-C: the first asks for a clean stop through an AbortSignal, the second ends the process at once.

/** What interruption needs of the process. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
}

const watched: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** One Ctrl-C arrives up to three times: the terminal sends it to the whole group, npm and the launcher pass it on. */
const echoMs = 300;

/** Exit code of a process ended by SIGINT, as shells report it. */
const forcedExit = 130;

export interface Interruption {
  /** True once a clean stop was asked for. */
  readonly requested: boolean;
  /** Runs `work` with a signal that aborts at the first Ctrl-C; outside of it a Ctrl-C ends the process as usual. */
  during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** `clock` gives milliseconds. */
export function createInterruption(source: SignalSource, clock: () => number): Interruption {
  const controller = new AbortController();
  let firstAt = 0;
  const listener = (): void => {
    if (!controller.signal.aborted) {
      firstAt = clock();
      controller.abort();
    } else if (clock() - firstAt > echoMs) {
      source.exit(forcedExit);
    }
  };
  return {
    get requested() {
      return controller.signal.aborted;
    },
    async during(work) {
      for (const signal of watched) source.on(signal, listener);
      try {
        return await work(controller.signal);
      } finally {
        for (const signal of watched) source.off(signal, listener);
      }
    },
  };
}
