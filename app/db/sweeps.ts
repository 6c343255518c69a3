// Read models of sweeps, their trials and the ablations over them. Factors, seeds and assignments are JSON.
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const sweeps = sqliteTable(
  'sweeps',
  {
    fromPosition: integer('from_position').primaryKey(),
    toPosition: integer('to_position'),
    sweepId: text('sweep_id').notNull(),
    name: text().notNull(),
    kind: text().notNull(),
    metric: text().notNull(),
    factors: text().notNull(),
    seeds: text().notNull(),
    declaredAt: text('declared_at').notNull(),
    status: text().notNull(),
  },
  (table) => [uniqueIndex('sweeps_open').on(table.sweepId).where(sql`to_position IS NULL`)],
);

export const trials = sqliteTable(
  'trials',
  {
    position: integer().primaryKey(),
    sweepId: text('sweep_id').notNull(),
    trial: integer().notNull(),
    runId: text('run_id').notNull(),
    seed: integer().notNull(),
    assignment: text().notNull(),
    reused: integer().notNull(),
  },
  (table) => [index('trials_sweep').on(table.sweepId, table.trial), index('trials_run').on(table.runId)],
);

export const ablations = sqliteTable('ablations', {
  position: integer().primaryKey(),
  ablationId: text('ablation_id').notNull(),
  name: text().notNull(),
  sweepId: text('sweep_id').notNull(),
  metric: text().notNull(),
  factors: text().notNull(),
  seeds: text().notNull(),
  declaredAt: text('declared_at').notNull(),
});
