// Which events hold the statistics of an epoch's batch-norm layers. The numbers stay where they are, in the event's arrays, and the view decodes
// them: copied as text they would take a sixth of a ledger.
import type { batchNorms as Table } from '../../db/training.ts';
import { rows } from './projection.ts';

export const batchNorms = rows<typeof Table>({
  name: 'batchNorms',
  version: 2,
  table: 'batch_norms',
  streams: 'run',
  line: true,
  row: {
    BatchNormMeasured: ({ epoch }, _event, { run }) => ({ run, epoch }),
  },
});
