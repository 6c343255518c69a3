// The checkpoints a run took; the blobs themselves are files.
import type { checkpoints as Table } from '../../db/training.ts';
import { rows } from './projection.ts';

export const checkpoints = rows<typeof Table>({
  name: 'checkpoints',
  version: 2,
  table: 'checkpoints',
  streams: 'run',
  line: true,
  row: {
    CheckpointTaken: ({ epoch, step, sha256, bytes, reason }, _event, { run }) => ({ run, epoch, step, sha256, bytes, reason }),
  },
});
