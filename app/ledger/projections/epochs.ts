// One row an epoch: the curves. Confusion matrix and gradient norms of the layers are read from the event itself.
import type { epochs as Table } from '../../db/training.ts';
import { measured, rows } from './projection.ts';

export const epochs = rows<typeof Table>({
  name: 'epochs',
  version: 3,
  table: 'epochs',
  streams: 'run',
  line: true,
  row: {
    EpochMeasured: (data, event, { run }) => ({
      run,
      epoch: data.epoch,
      step: data.step,
      trainLoss: data.train.loss,
      trainAccuracy: data.train.accuracy,
      valLoss: data.validation.loss,
      valAccuracy: data.validation.accuracy,
      valBatchLoss: data.validationBatchStatistics?.loss ?? null,
      valBatchAccuracy: data.validationBatchStatistics?.accuracy ?? null,
      learningRate: data.learningRate,
      gradientNorm: data.gradientNorm,
      seconds: measured(event, 'seconds'),
      samplesPerSecond: measured(event, 'samplesPerSecond'),
      weightsSha256: data.weightsSha256,
    }),
  },
});
