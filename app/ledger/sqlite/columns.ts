// How every statement reads stored rows. Statements are text: Drizzle describes the tables (app/db) and writes their migrations, but is not loaded
// at run time, which would cost every command a third of a second.

/** A StoredRow, from the tables `events` and `streams`. */
export const eventColumns =
  'position, id, streams.stream, events.version, attempt, type, schema_version AS schemaVersion, recorded_at AS recordedAt, data, measured, arrays, blob, lower(hex(hash)) AS hash';

export const eventTables = 'events JOIN streams ON streams.ordinal = events.stream';
