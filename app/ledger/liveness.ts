// What a lease says about its run. A beat comes every second; a lease without one is doubted first and given up later.
import { isAlive, type ProcessIdentity } from './process.ts';

export const beatMs = 1_000;
/** Older beats make a run `suspect` (also in the view v1_runs). */
export const suspectMs = 10_000;
/** Older beats make a run `dead`, unless its process can be seen alive. */
export const deadMs = 60_000;

/** Long enough for a living process to beat, however the clock of the machine was set meanwhile. */
export const confirmMs = 2.5 * beatMs;

export type Liveness = 'live' | 'suspect' | 'dead';

export interface Lease extends ProcessIdentity {
  runId: string;
  /** Milliseconds since 1970. */
  beatAt: number;
}

/** No lease is dead: nobody holds the run. */
export function liveness(lease: Lease | null, now: number): Liveness {
  if (lease === null) return 'dead';
  const alive = isAlive(lease);
  const silentMs = now - lease.beatAt;
  if (alive === false) return 'dead';
  if (silentMs <= suspectMs) return 'live';
  return alive === null && silentMs > deadMs ? 'dead' : 'suspect';
}

/** Whether a lease is dead by its silence alone. A clock that was set forward makes every lease silent, so whoever acts on it looks twice. */
export function isOnlySilent(lease: Lease | null, now: number): boolean {
  return lease !== null && liveness(lease, now) === 'dead' && isAlive(lease) === null;
}
