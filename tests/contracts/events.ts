// Events for the contract suites and the ledger's tests: ids, times and contents from a counter, so that a failure repeats.
import type { Json, NewEvent } from '../../app/ledger/ports.ts';

export const epoch = Date.UTC(2026, 2, 14);

/** Ids that look like UUIDv7 and never repeat. */
export function idSource(): () => string {
  let count = 0;
  return () => `018e0000-0000-7000-8000-${(++count).toString(16).padStart(12, '0')}`;
}

export interface Said {
  data?: Json;
  measured?: Json;
  arrays?: Uint8Array | null;
  blob?: string | null;
  attempt?: number;
}

export function eventSource(): (type: string, said?: Said) => NewEvent {
  const newId = idSource();
  let seconds = 0;
  return (type, { data = {}, measured = {}, arrays = null, blob = null, attempt = 1 } = {}) => ({
    id: newId(),
    type,
    schemaVersion: 1,
    attempt,
    recordedAt: new Date(epoch + 1000 * seconds++).toISOString(),
    data,
    measured,
    arrays,
    blob,
  });
}

/** The nth stream of a kind. */
export const streamOf = (kind: string, n: number): string => `${kind}/${uuidOf(n)}`;

export const uuidOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
