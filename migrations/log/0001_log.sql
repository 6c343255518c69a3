-- The log's own tables, written by hand and never rebuilt (rebuilding a table would drop its triggers).
-- The statements are kept by SQLite as they stand here and compared at every open.

CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT CHECK (position > 0),
  id TEXT NOT NULL UNIQUE,
  stream INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  attempt INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL,
  measured TEXT NOT NULL,
  arrays BLOB,
  blob TEXT,
  hash BLOB NOT NULL,
  UNIQUE (stream, version)
) STRICT;

-- `events.stream` is the ordinal of its stream: a name of forty bytes in every row and index would take a tenth of a ledger.
CREATE TABLE streams (
  ordinal INTEGER PRIMARY KEY,
  stream TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  head_hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are append-only: no update');
END;

CREATE TRIGGER events_never_vanish BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are append-only: no delete');
END;

-- INSERT OR REPLACE would delete without a word.
CREATE TRIGGER events_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version = NEW.version)
BEGIN
  SELECT RAISE(ABORT, 'events are append-only: this key is taken');
END;

CREATE TRIGGER events_without_gaps BEFORE INSERT ON events
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM events WHERE stream = NEW.stream), 0)
BEGIN
  SELECT RAISE(ABORT, 'the versions of a stream have no gaps');
END;

CREATE TRIGGER streams_only_grow BEFORE UPDATE ON streams
WHEN NEW.ordinal <> OLD.ordinal OR NEW.stream <> OLD.stream OR NEW.version <= OLD.version
BEGIN
  SELECT RAISE(ABORT, 'a stream only grows');
END;

CREATE TRIGGER streams_never_vanish BEFORE DELETE ON streams
BEGIN
  SELECT RAISE(ABORT, 'a stream only grows: no delete');
END;

CREATE TRIGGER streams_never_replaced BEFORE INSERT ON streams
WHEN EXISTS (SELECT 1 FROM streams WHERE ordinal = NEW.ordinal OR stream = NEW.stream)
BEGIN
  SELECT RAISE(ABORT, 'a stream only grows: this key is taken');
END;

-- Who trains which run, and whether it still breathes. Outside of log and rebuild.
CREATE TABLE leases (
  run_id TEXT NOT NULL PRIMARY KEY,
  process_id INTEGER NOT NULL,
  boot_id TEXT,
  process_start TEXT,
  beat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Trials on offer, claimed under a lease.
CREATE TABLE work (
  ordinal INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  payload TEXT NOT NULL,
  worker TEXT,
  token TEXT,
  lease_ends INTEGER NOT NULL DEFAULT 0,
  finished INTEGER NOT NULL DEFAULT 0,
  result TEXT
) STRICT;

CREATE INDEX work_open ON work (finished, ordinal) WHERE finished = 0;

-- What the read models were folded by, and up to which position.
CREATE TABLE read_models (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  fingerprint TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

INSERT INTO read_models (singleton, fingerprint, position) VALUES (1, '', 0);
