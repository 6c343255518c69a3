// Stored rows for statements written as text. Apart from the reader, because the ledger thread does not load Drizzle: that
// would take half of its start.

/** A StoredRow, from the tables `events` and `streams`. */
export const eventColumns =
  'position, id, streams.stream, events.version, attempt, type, schema_version AS schemaVersion, recorded_at AS recordedAt, data, measured, arrays, blob, lower(hex(hash)) AS hash';

export const eventTables = 'events JOIN streams ON streams.ordinal = events.stream';
