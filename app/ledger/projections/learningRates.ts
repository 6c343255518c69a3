// The learning-rate trace: one row a change, with its reason.
import { learningRates as table } from '../../db/training.ts';
import { rows } from './projection.ts';

export const learningRates = rows<typeof table>({
  name: 'learningRates',
  version: 1,
  table,
  streams: 'run',
  row: {
    LearningRateChanged: ({ epoch, step, from, to, schedule, why }, _event, runId) => ({
      runId,
      epoch,
      step,
      fromRate: from,
      toRate: to,
      schedule,
      why,
    }),
  },
});
