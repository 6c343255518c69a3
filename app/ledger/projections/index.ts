// All projections, in the order in which an event meets them.
import { ablations } from './ablations.ts';
import { batchNorms } from './batchNorms.ts';
import { checkpoints } from './checkpoints.ts';
import { epochs } from './epochs.ts';
import { learningRates } from './learningRates.ts';
import type { Projection } from './projection.ts';
import { recipes } from './recipes.ts';
import { runs } from './runs.ts';
import { starts } from './starts.ts';
import { steps } from './steps.ts';
import { sweeps } from './sweeps.ts';
import { trials } from './trials.ts';

export const projections: readonly Projection[] = [
  runs,
  recipes,
  starts,
  steps,
  epochs,
  batchNorms,
  learningRates,
  checkpoints,
  sweeps,
  trials,
  ablations,
];
