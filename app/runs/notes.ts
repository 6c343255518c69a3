// What users say about a run: its name, tags, notes, whether it is put away. It goes to a stream of its own beside the facts, which have one author;
// this one has many.
import { appendNext, applicationEvent, type Noting } from './events.ts';

const note = (host: Noting, runId: string, type: string, data: Parameters<typeof applicationEvent>[2]): Promise<void> =>
  appendNext(host, `run/${runId}/notes`, applicationEvent(host, type, data));

export const renameRun = (host: Noting, runId: string, name: string | null): Promise<void> => note(host, runId, 'RunNamed', { name });

export const tagRun = (host: Noting, runId: string, change: { add: string[]; remove: string[] }): Promise<void> =>
  note(host, runId, 'RunTagged', change);

export const noteRun = (host: Noting, runId: string, text: string): Promise<void> => note(host, runId, 'RunNoted', { text });

/** Puts a run away, or takes it back. */
export const archiveRun = (host: Noting, runId: string, archived: boolean): Promise<void> => note(host, runId, 'RunArchived', { archived });
