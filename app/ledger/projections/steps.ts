// The course of a run within its epochs, twenty points an epoch; the fine series stays in the event.
import type { steps as Table } from '../../db/training.ts';
import type { EventData } from '../catalogue/index.ts';
import { encodeJson } from '../json.ts';
import type { StoredEvent } from '../ports.ts';
import { rounded, series } from './floats.ts';
import { rows } from './projection.ts';

const pointsAnEpoch = 20;

export const steps = rows<typeof Table>({
  name: 'steps',
  version: 2,
  table: 'steps',
  streams: 'run',
  line: true,
  row: {
    StepsMeasured: (data, event, { run, stepsPerEpoch }) => ({
      run,
      epoch: data.epoch,
      lastStep: data.lastStep,
      points: encodeJson(bucketPoints(data, event, stepsPerEpoch)),
    }),
  },
});

/**
 * Folds the points of a block into its share of the epoch's twenty: [last step, loss mean, loss min, loss max, accuracy, learning rate,
 * gradient norm] each, to five digits. Means weigh each point by the steps it covers; the learning rate is that of the last step. NaN spreads.
 */
export function bucketPoints(data: EventData<'StepsMeasured'>, event: StoredEvent, stepsPerEpoch: number | null): number[][] {
  const of = (name: string) => series(event, data.arrays, name);
  const lossMean = of('lossMean');
  const [lossMin, lossMax, accuracy, learningRate, gradientNorm] = ['lossMin', 'lossMax', 'accuracy', 'learningRate', 'gradientNorm'].map(
    of,
  );
  const points = Math.min(data.steps.length, lossMean.length);
  const covered = data.lastStep - data.firstStep + 1;
  const share = Math.round((pointsAnEpoch * covered) / (stepsPerEpoch ?? covered));
  const buckets = Math.min(points, Math.max(1, share));
  return Array.from({ length: buckets }, (_, bucket) => {
    const first = Math.floor((points * bucket) / buckets);
    const end = Math.floor((points * (bucket + 1)) / buckets);
    let weights = 0;
    const sums = { loss: 0, accuracy: 0, gradient: 0 };
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let point = first; point < end; point++) {
      const weight = data.steps[point]! - (point === 0 ? data.firstStep - 1 : data.steps[point - 1]!);
      weights += weight;
      sums.loss += weight * lossMean[point]!;
      sums.accuracy += weight * accuracy![point]!;
      sums.gradient += weight * gradientNorm![point]!;
      min = Math.min(min, lossMin![point]!);
      max = Math.max(max, lossMax![point]!);
    }
    const means = [sums.loss / weights, min, max, sums.accuracy / weights, learningRate![end - 1], sums.gradient / weights];
    return [data.steps[end - 1]!, ...means.map(rounded)];
  });
}
