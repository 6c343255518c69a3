// The log's own tables as Drizzle sees them. Their SQL is written by hand in migrations/log (constraints, STRICT, triggers) and never
// generated, so drizzle.config.ts does not list this file; a test holds the two together.
import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const events = sqliteTable('events', {
  position: integer().primaryKey({ autoIncrement: true }),
  id: text().notNull(),
  /** Ordinal in `streams`. */
  stream: integer().notNull(),
  version: integer().notNull(),
  attempt: integer().notNull(),
  type: text().notNull(),
  schemaVersion: integer('schema_version').notNull(),
  recordedAt: text('recorded_at').notNull(),
  data: text().notNull(),
  measured: text().notNull(),
  arrays: blob({ mode: 'buffer' }),
  blob: text(),
  hash: blob({ mode: 'buffer' }).notNull(),
});

export const streams = sqliteTable('streams', {
  ordinal: integer().primaryKey(),
  stream: text().notNull(),
  version: integer().notNull(),
  headHash: blob('head_hash', { mode: 'buffer' }).notNull(),
});

/** Who trains which run. `bootId` and `processStart` are null where the system tells none; `beatAt` in milliseconds since 1970. */
export const leases = sqliteTable('leases', {
  runId: text('run_id').primaryKey(),
  processId: integer('process_id').notNull(),
  bootId: text('boot_id'),
  processStart: text('process_start'),
  beatAt: integer('beat_at').notNull(),
});

/** `leaseEnds` in milliseconds since 1970. */
export const work = sqliteTable('work', {
  ordinal: integer().primaryKey(),
  key: text().notNull(),
  payload: text().notNull(),
  worker: text(),
  token: text(),
  leaseEnds: integer('lease_ends').notNull().default(0),
  finished: integer().notNull().default(0),
  result: text(),
});

export const readModels = sqliteTable('read_models', {
  singleton: integer().primaryKey(),
  fingerprint: text().notNull(),
  position: integer().notNull(),
});
