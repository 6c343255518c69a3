// Tells whoever draws a bar how far the training is; no fact, and nothing depends on it.
import { type EpochProgress, means } from '../measures/epochMeter.ts';
import { type Run, secondsSince } from './run.ts';

const intervalMs = 100;

/**
 * A function to call after each step of an epoch; it reports about ten times a second at most. `samplesBefore` were taken before `startedAt`,
 * where an epoch goes on that was cut short.
 */
export function createReporter(
  { recipe, options, preparation, position }: Run,
  startedAt: number,
  samplesBefore: number,
): (progress: EpochProgress, learningRate: number) => void {
  const { progress: report, clock } = options;
  let reportedAt = startedAt;
  return (progress, learningRate) => {
    if (report === undefined || clock() - reportedAt < intervalMs) return;
    reportedAt = clock();
    report({
      ...position,
      epochs: recipe.epochs,
      stepsPerEpoch: preparation.stepsPerEpoch,
      ...means(progress),
      learningRate,
      samplesPerSecond: (progress.sums.samples - samplesBefore) / secondsSince(startedAt, options),
    });
  };
}
