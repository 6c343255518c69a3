// What users say about a run: its name, tags, notes, whether it is put away. It goes to a stream of its own beside the facts, which have one author;
// this one has many, so an append that comes second is simply made again.
import type { Ledger } from '../ledger/index.ts';
import type { NewEvent } from '../ledger/ports.ts';
import { applicationEvent } from './events.ts';

export interface Noting {
  ledger: Pick<Ledger, 'log'>;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** UUIDv7. */
  newEventId: () => string;
}

/** Appends at whatever version the stream has; `make` is asked once. */
export async function appendTo({ ledger: { log } }: Noting, stream: string, make: () => NewEvent[]): Promise<void> {
  const events = make();
  for (;;) {
    const { version } = await log.head(stream);
    const result = await log.append(stream, version, events, { flush: true });
    if (result.kind === 'appended') return;
  }
}

const note = (host: Noting, runId: string, type: string, data: Parameters<typeof applicationEvent>[2]): Promise<void> =>
  appendTo(host, `run/${runId}/notes`, () => [applicationEvent(host, type, data)]);

export const renameRun = (host: Noting, runId: string, name: string | null): Promise<void> => note(host, runId, 'RunNamed', { name });

export const tagRun = (host: Noting, runId: string, change: { add: string[]; remove: string[] }): Promise<void> =>
  note(host, runId, 'RunTagged', change);

export const noteRun = (host: Noting, runId: string, text: string): Promise<void> => note(host, runId, 'RunNoted', { text });

/** Puts a run away, or takes it back. */
export const archiveRun = (host: Noting, runId: string, archived: boolean): Promise<void> => note(host, runId, 'RunArchived', { archived });
