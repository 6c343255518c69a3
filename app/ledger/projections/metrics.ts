// Metrics that were worked out after the fact, one row a measurement.
import type { metrics as Table } from '../../db/training.ts';
import { encodeJson } from '../json.ts';
import { rows } from './projection.ts';

export const metrics = rows<typeof Table>({
  name: 'metrics',
  version: 1,
  table: 'metrics',
  streams: 'run',
  row: {
    MetricMeasured: ({ metric, epoch, part, settings, values }, _event, { run }) => ({
      run,
      metric,
      epoch,
      part,
      settings: encodeJson(settings),
      numbers: encodeJson(values),
    }),
  },
});
