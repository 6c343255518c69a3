// Read models of any log, in a temporary database that goes with the process. They catch up with the log whenever they are asked.
import type { Checkpoint, Log, ReadModels } from '../ports.ts';
import { viewReader } from '../sqlite/readModels.ts';
import { openScratch, prepareCopy } from '../sqlite/scratch.ts';

export function memoryReadModels(log: Log): ReadModels {
  let scratch = openScratch({ views: true });
  let copy = prepareCopy(scratch.database);
  let position: Checkpoint = '0';
  let counts = { events: 0, unknown: 0 };

  async function catchUp(): Promise<void> {
    for (;;) {
      const { events, checkpoint } = await log.readAll({ after: position });
      if (events.length === 0) return;
      position = checkpoint;
      counts.events += events.length;
      for (const event of events) copy(event);
      counts.unknown += scratch.foldAll(events);
    }
  }

  return {
    async checkpoint() {
      await catchUp();
      return position;
    },
    async rows(view, options) {
      await catchUp();
      return viewReader(scratch.database).rows(view, options);
    },
    async rebuild(onProgress) {
      scratch.database.close();
      scratch = openScratch({ views: true });
      copy = prepareCopy(scratch.database);
      position = '0';
      counts = { events: 0, unknown: 0 };
      await catchUp();
      onProgress?.(counts.events, counts.events);
      return { ...counts };
    },
  };
}
