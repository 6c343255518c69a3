// The checkpoints a run took; the blobs themselves are files.
import { checkpoints as table } from '../../db/training.ts';
import { rows } from './projection.ts';

export const checkpoints = rows<typeof table>({
  name: 'checkpoints',
  version: 1,
  table,
  streams: 'run',
  row: {
    CheckpointTaken: ({ epoch, step, sha256, bytes, reason }, _event, runId) => ({ runId, epoch, step, sha256, bytes, reason }),
  },
});
