// The columns of a StoredRow, for statements written as text. Apart from the reader, because the ledger thread does not load Drizzle: that
// would take half of its start.

export const eventColumns =
  'position, id, stream, version, attempt, type, schema_version AS schemaVersion, recorded_at AS recordedAt, data, measured, arrays, blob, hash';
