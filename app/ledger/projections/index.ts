// All projections, in the order in which an event meets them: `runs` first, because the others ask it for the number of their run.
import { ablations } from './ablations.ts';
import { attempts } from './attempts.ts';
import { batchNormLayouts } from './batchNormLayouts.ts';
import { batchNorms } from './batchNorms.ts';
import { checkpoints } from './checkpoints.ts';
import { epochs } from './epochs.ts';
import { learningRates } from './learningRates.ts';
import { metrics } from './metrics.ts';
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
  attempts,
  steps,
  epochs,
  batchNorms,
  batchNormLayouts,
  learningRates,
  checkpoints,
  metrics,
  sweeps,
  trials,
  ablations,
];
