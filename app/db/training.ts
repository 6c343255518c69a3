// Read models of training: one row an event; `position` is the event's and `run` the number of the run (app/db/runs.ts). A row stands until
// `to_position`, where a resumed run went on from before it; most stand for good.
// Long lists stay JSON in one row, or in the event itself, and are spread out by the views, which keeps a ledger small.
import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const epochs = sqliteTable(
  'epochs',
  {
    position: integer().primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    trainLoss: real('train_loss'),
    trainAccuracy: real('train_accuracy'),
    valLoss: real('val_loss'),
    valAccuracy: real('val_accuracy'),
    valBatchLoss: real('val_batch_loss'),
    valBatchAccuracy: real('val_batch_accuracy'),
    learningRate: real('learning_rate'),
    gradientNorm: real('gradient_norm'),
    seconds: real(),
    samplesPerSecond: real('samples_per_second'),
    weightsSha256: text('weights_sha256').notNull(),
    notANumber: text('not_a_number'),
  },
  // With the accuracies, so that the curves of a page of runs are read from the index alone.
  (table) => [index('epochs_run').on(table.run, table.epoch, table.toPosition, table.valAccuracy)],
);

/** `points`: JSON list of [last step, loss mean, min, max, accuracy, learning rate, gradient norm], 20 an epoch. */
export const steps = sqliteTable(
  'steps',
  {
    position: integer().primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    epoch: integer().notNull(),
    lastStep: integer('last_step').notNull(),
    points: text().notNull(),
  },
  (table) => [index('steps_run').on(table.run, table.epoch, table.lastStep)],
);

/** Which events hold batch-norm statistics; the numbers themselves stay in the event's arrays. */
export const batchNorms = sqliteTable(
  'batch_norms',
  {
    position: integer().primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    epoch: integer().notNull(),
  },
  (table) => [index('batch_norms_run').on(table.run, table.epoch)],
);

/** `channels`: JSON list of [layer, channel, and where in the arrays, in floats, running mean, running variance, batch mean and batch variance stand]. */
export const batchNormLayouts = sqliteTable(
  'batch_norm_layouts',
  {
    fromPosition: integer('from_position').primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    channels: text().notNull(),
  },
  (table) => [index('batch_norm_layouts_run').on(table.run)],
);

export const learningRates = sqliteTable(
  'learning_rates',
  {
    position: integer().primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    fromRate: real('from_rate'),
    toRate: real('to_rate'),
    schedule: text().notNull(),
    why: text().notNull(),
    notANumber: text('not_a_number'),
  },
  (table) => [index('learning_rates_run').on(table.run, table.step)],
);

export const checkpoints = sqliteTable(
  'checkpoints',
  {
    position: integer().primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    sha256: text().notNull(),
    bytes: integer().notNull(),
    reason: text().notNull(),
  },
  (table) => [index('checkpoints_run').on(table.run)],
);

/** Metrics worked out after the fact. `settings` and `numbers` are JSON: what it was measured under, and numbers by what they are of. */
export const metrics = sqliteTable(
  'metrics',
  {
    position: integer().primaryKey(),
    run: integer().notNull(),
    metric: text().notNull(),
    epoch: integer().notNull(),
    part: text().notNull(),
    settings: text().notNull(),
    numbers: text().notNull(),
  },
  (table) => [index('metrics_run').on(table.run, table.metric, table.epoch)],
);
