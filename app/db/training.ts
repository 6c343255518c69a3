// Read models of training: one row an event, never changed; `position` is the event's. Long lists stay JSON in one row and are
// spread out by the views, which keeps a ledger small.
import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const epochs = sqliteTable(
  'epochs',
  {
    position: integer().primaryKey(),
    runId: text('run_id').notNull(),
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
    /** Layer to norm, JSON. */
    layerGradients: text('layer_gradients').notNull(),
    /** Rows true class, columns predicted, JSON. */
    confusion: text().notNull(),
    notANumber: text('not_a_number'),
  },
  (table) => [index('epochs_run').on(table.runId, table.epoch)],
);

/** `points`: JSON list of [last step, loss mean, min, max, accuracy, learning rate, gradient norm], 20 an epoch. */
export const steps = sqliteTable(
  'steps',
  {
    position: integer().primaryKey(),
    runId: text('run_id').notNull(),
    epoch: integer().notNull(),
    points: text().notNull(),
  },
  (table) => [index('steps_run').on(table.runId, table.epoch)],
);

/** `layers`: JSON, layer to list of [running mean, running variance, batch mean, batch variance] a channel. */
export const batchNorms = sqliteTable(
  'batch_norms',
  {
    position: integer().primaryKey(),
    runId: text('run_id').notNull(),
    epoch: integer().notNull(),
    layers: text().notNull(),
  },
  (table) => [index('batch_norms_run').on(table.runId, table.epoch)],
);

export const learningRates = sqliteTable(
  'learning_rates',
  {
    position: integer().primaryKey(),
    runId: text('run_id').notNull(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    fromRate: real('from_rate'),
    toRate: real('to_rate'),
    schedule: text().notNull(),
    why: text().notNull(),
    notANumber: text('not_a_number'),
  },
  (table) => [index('learning_rates_run').on(table.runId, table.step)],
);

export const checkpoints = sqliteTable(
  'checkpoints',
  {
    position: integer().primaryKey(),
    runId: text('run_id').notNull(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    sha256: text().notNull(),
    bytes: integer().notNull(),
    reason: text().notNull(),
  },
  (table) => [index('checkpoints_run').on(table.runId)],
);
