// Read models of runs. Rows that change are kept as versions: the open one has `to_position` NULL, an older one was true for the events
// from `from_position` up to before `to_position`. `not_a_number` names the columns that are NaN, which SQLite can only keep as NULL.
import { sql } from 'drizzle-orm';
import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const runs = sqliteTable(
  'runs',
  {
    fromPosition: integer('from_position').primaryKey(),
    toPosition: integer('to_position'),
    /** Position of the run's first event: newest runs first. The other read models call it `run`. */
    firstPosition: integer('first_position').notNull(),
    runId: text('run_id').notNull(),
    name: text(),
    /** Of the events alone; the view adds what the lease says. */
    status: text().notNull(),
    attempt: integer().notNull(),
    archived: integer().notNull(),
    /** Comma-separated, sorted. */
    tags: text().notNull(),
    sweepId: text('sweep_id'),
    trial: integer(),
    /** The run that a fork began from, and at the end of which epoch. */
    parentRunId: text('parent_run_id'),
    parentEpoch: integer('parent_epoch'),
    parentConfigId: text('parent_config_id'),
    /** Verdict of the newest replay: `identical` or `differs`. */
    replayed: text(),
    queuedAt: text('queued_at'),
    startedAt: text('started_at'),
    endedAt: text('ended_at'),
    configId: text('config_id'),
    dataset: text(),
    datasetFingerprint: text('dataset_fingerprint'),
    seed: integer(),
    batchNorm: integer('batch_norm'),
    optimizer: text(),
    lr: real(),
    schedule: text(),
    augment: text(),
    dropout: real(),
    batch: integer(),
    epochs: integer(),
    arithmetic: text(),
    numerics: integer(),
    backend: text(),
    threads: integer(),
    parameters: integer(),
    flopsPerSample: real('flops_per_sample'),
    stepsPerEpoch: integer('steps_per_epoch'),
    epochsDone: integer('epochs_done').notNull(),
    stepsDone: integer('steps_done').notNull(),
    seconds: real(),
    /** Of the attempts before this one, as far as they count. */
    secondsBefore: real('seconds_before'),
    samplesPerSecond: real('samples_per_second'),
    trainLoss: real('train_loss'),
    trainAccuracy: real('train_accuracy'),
    valLoss: real('val_loss'),
    valAccuracy: real('val_accuracy'),
    bestEpoch: integer('best_epoch'),
    bestValLoss: real('best_val_loss'),
    bestValAccuracy: real('best_val_accuracy'),
    testLoss: real('test_loss'),
    testAccuracy: real('test_accuracy'),
    bestTestLoss: real('best_test_loss'),
    bestTestAccuracy: real('best_test_accuracy'),
    weightsSha256: text('weights_sha256'),
    fingerprint: text(),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    errorHelp: text('error_help'),
    notANumber: text('not_a_number'),
  },
  (table) => [
    uniqueIndex('runs_open').on(table.runId).where(sql`to_position IS NULL`),
    // All that the runs table asks of every run, so that ten thousand rows need not be found for a page of forty.
    index('runs_open_newest')
      .on(
        table.toPosition,
        table.firstPosition,
        table.status,
        table.archived,
        table.dataset,
        table.configId,
        table.runId,
        table.name,
        table.tags,
      )
      .where(sql`to_position IS NULL`),
    index('runs_open_configuration').on(table.configId, table.seed).where(sql`to_position IS NULL`),
    index('runs_open_parent').on(table.parentRunId).where(sql`to_position IS NULL AND parent_run_id IS NOT NULL`),
    index('runs_versions').on(table.firstPosition, table.fromPosition),
  ],
);

/** The canonical recipe, JSON. Apart from `runs`, whose rows change with every epoch. */
export const recipes = sqliteTable(
  'recipes',
  {
    fromPosition: integer('from_position').primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    recipe: text().notNull(),
  },
  // Of every version, for pages of the past.
  (table) => [index('recipes_run').on(table.run)],
);

/** What a run found out at its start: JSON lists of layers and class names. */
export const starts = sqliteTable(
  'starts',
  {
    position: integer().primaryKey(),
    toPosition: integer('to_position'),
    run: integer().notNull(),
    layers: text().notNull(),
    classes: text().notNull(),
  },
  (table) => [index('starts_run').on(table.run)],
);

/** How often a run was taken up, and where: one row a start or a resumption, of lost stretches too. `step` is the last one that survived. */
export const attempts = sqliteTable(
  'attempts',
  {
    position: integer().primaryKey(),
    run: integer().notNull(),
    attempt: integer().notNull(),
    startedAt: text('started_at').notNull(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    checkpoint: text(),
  },
  (table) => [index('attempts_run').on(table.run)],
);

/** Events of a type or version that this program does not know. */
export const unknownEvents = sqliteTable('unknown_events', {
  position: integer().primaryKey(),
  type: text().notNull(),
  schemaVersion: integer('schema_version').notNull(),
});
