// The learning-rate trace: one row a change, with its reason.
import type { learningRates as Table } from '../../db/training.ts';
import { rows } from './projection.ts';

export const learningRates = rows<typeof Table>({
  name: 'learningRates',
  version: 2,
  table: 'learning_rates',
  streams: 'run',
  line: true,
  row: {
    LearningRateChanged: ({ epoch, step, from, to, schedule, why }, _event, { run }) => ({
      run,
      epoch,
      step,
      fromRate: from,
      toRate: to,
      schedule,
      why,
    }),
  },
});
