// One recipe entry for each optimizer, with the options that keep something beside a parameter.
import { optimizers } from '../../trainer/optimizers/index.ts';

const options: Record<string, object> = {
  sgd: { lr: 0.05, momentum: 0.9, dampening: 0.2, weightDecay: 0.001 },
  adam: { amsgrad: true },
  rmsprop: { centered: true, momentum: 0.5 },
  adagrad: { lrDecay: 0.1, initialAccumulatorValue: 0.1 },
};

export const everyOptimizer = Object.keys(optimizers).map((type) => ({ type, ...options[type] }));
