// The published views that hold rows of runs: each must find those of one run without passing over the others'.
export const viewsOfRuns = [
  'v1_runs',
  'v1_params',
  'v1_layers',
  'v1_epochs',
  'v1_confusion',
  'v1_layer_gradients',
  'v1_steps',
  'v1_batch_norm',
  'v1_learning_rates',
  'v1_checkpoints',
  'v1_augmentations',
  'v1_schedules',
  'v1_attempts',
  'v1_metrics',
];
