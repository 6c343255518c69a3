-- The log itself, read-only by nature, and what of it this version did not understand.

CREATE VIEW v1_events AS
SELECT
  events.position,
  events.id,
  streams.stream,
  events.version,
  attempt,
  type,
  schema_version,
  recorded_at,
  data,
  measured,
  length(arrays) AS array_bytes,
  blob,
  lower(hex(hash)) AS hash
FROM events
JOIN streams ON streams.ordinal = events.stream;

CREATE VIEW v1_unknown_events AS
SELECT type, schema_version, count(*) AS events, min(position) AS first_position, max(position) AS last_position
FROM unknown_events
GROUP BY type, schema_version;
