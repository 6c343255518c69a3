// Running and batch statistics of every batch-norm layer, an epoch a row.
import type { batchNorms as Table } from '../../db/training.ts';
import { encodeJson } from '../json.ts';
import { series, shortest } from './floats.ts';
import { rows } from './projection.ts';

/** In the order in which a channel's numbers stand. */
const statistics = ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'];

export const batchNorms = rows<typeof Table>({
  name: 'batchNorms',
  version: 1,
  table: 'batch_norms',
  streams: 'run',
  row: {
    BatchNormMeasured: ({ epoch, arrays }, event, runId) => {
      const layers = new Set(Object.keys(arrays).map((name) => name.slice(0, name.lastIndexOf('/'))));
      const channels = [...layers].map((layer) => {
        const values = statistics.map((statistic) => series(event, arrays, `${layer}/${statistic}`));
        return [layer, Array.from(values[0]!, (_, channel) => values.map((value) => shortest(value[channel]!)))] as const;
      });
      return { runId, epoch, layers: encodeJson(Object.fromEntries(channels)) };
    },
  },
});
