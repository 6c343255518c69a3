// The time that a recipe gives a run (`stop.minutes`). A clock decides, so the trainer knows nothing of it: whoever records an attempt stops it after
// the step under way when its time is over, and the step stands in `RunStopped`. Taken up again, a run has as much time once more.
import type { StopReason } from './requests.ts';

export interface TimeBudget {
  /** Aborts with a StopReason. */
  readonly signal: AbortSignal;
  /** The attempt has ended. */
  close(): void;
}

/** Begins now; without minutes there is no end. */
export function timeBudget(minutes: number | undefined): TimeBudget {
  const controller = new AbortController();
  if (minutes === undefined) return { signal: controller.signal, close() {} };
  const why = `its ${minutes === 1 ? 'minute is' : `${minutes} minutes are`} over`;
  const timer = setTimeout(() => controller.abort({ by: 'budget', why } satisfies StopReason), minutes * 60_000);
  return { signal: controller.signal, close: () => clearTimeout(timer) };
}
