// How often a run was taken up, and where. Attempts that were superseded are part of it.
import type { attempts as Table } from '../../db/runs.ts';
import { rows } from './projection.ts';

export const attempts = rows<typeof Table>({
  name: 'attempts',
  version: 1,
  table: 'attempts',
  streams: 'run',
  row: {
    // The start of a resumed run that kept nothing is told by its RunResumed.
    RunStarted: (_data, event, { run }) =>
      event.attempt > 1 ? null : { run, attempt: event.attempt, startedAt: event.recordedAt, epoch: 0, step: 0, checkpoint: null },
    RunResumed: ({ attempt, epoch, step, checkpoint }, event, { run }) => ({
      run,
      attempt,
      startedAt: event.recordedAt,
      epoch,
      step,
      checkpoint,
    }),
  },
});
