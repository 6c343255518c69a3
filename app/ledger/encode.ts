// Events between their two forms: as programs hold them (values) and as the log stores them (text). Checks at the border
// what every event must be; what an event of a known type must say is the catalogue's part.
import { RunledgerError } from '../../trainer/errors.ts';
import { checkEvent } from './catalogue/index.ts';
import type { EncodedEvent } from './hash.ts';
import { decodeJson, encodeJson } from './json.ts';
import type { Json, NewEvent, StoredEvent } from './ports.ts';

/** A stored row: what the hash covers, and where it stands. */
export interface StoredRow extends EncodedEvent {
  position: number;
  stream: string;
  version: number;
  hash: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const sha256 = /^[0-9a-f]{64}$/;
const streamName = /^[a-z]+\/[0-9a-z-]+(\/[a-z]+)?$/;

/** Checks and encodes; errors `ledger.event`, `ledger.json`. The arrays are copied, so the caller may reuse its buffer. */
export function encodeEvent(event: NewEvent): EncodedEvent {
  demand(uuid.test(event.id), 'id', event.id, 'a UUID in lower case');
  // SQLite keeps UTF-8, which has no word for half a surrogate pair. JSON escapes it.
  demand(event.type !== '' && event.type.isWellFormed(), 'type', event.type, 'a name');
  demand(Number.isSafeInteger(event.schemaVersion) && event.schemaVersion >= 1, 'schemaVersion', event.schemaVersion, 'an integer from 1');
  demand(Number.isSafeInteger(event.attempt) && event.attempt >= 0, 'attempt', event.attempt, 'an integer from 0');
  demand(instant.test(event.recordedAt), 'recordedAt', event.recordedAt, 'ISO 8601 in UTC with milliseconds');
  demand(event.blob === null || sha256.test(event.blob), 'blob', event.blob, 'a SHA-256 in hex');
  checkEvent(event);
  return {
    id: event.id,
    type: event.type,
    schemaVersion: event.schemaVersion,
    attempt: event.attempt,
    recordedAt: event.recordedAt,
    data: encodeJson(event.data),
    measured: encodeJson(event.measured),
    arrays: event.arrays === null ? null : Uint8Array.from(event.arrays),
    blob: event.blob,
  };
}

/** Holds an event that was stored elsewhere against everything that is true of one stored here: same form, same text for the same value. */
export function checkStored(row: Omit<StoredRow, 'position'>): void {
  checkStream(row.stream);
  const { data, measured } = encodeEvent({ ...row, data: decodeJson(row.data), measured: decodeJson(row.measured) });
  demand(data === row.data, 'data', row.data.slice(0, 80), 'written as this program writes it');
  demand(measured === row.measured, 'measured', row.measured.slice(0, 80), 'written as this program writes it');
}

/** `kind/id` or `kind/id/part`, e.g. `run/<uuid>/notes`; error `ledger.stream`. */
export function checkStream(stream: string): void {
  if (streamName.test(stream)) return;
  throw new RunledgerError('ledger.stream', `'${stream}' is no name of a stream`, {
    help: 'streams are named like run/<uuid> or run/<uuid>/notes',
  });
}

/** The event of a stored row; error `ledger.damaged` where its text is no JSON. */
export function decodeEvent(row: StoredRow): StoredEvent {
  return {
    position: row.position,
    id: row.id,
    stream: row.stream,
    version: row.version,
    attempt: row.attempt,
    type: row.type,
    schemaVersion: row.schemaVersion,
    recordedAt: row.recordedAt,
    data: stored(row, 'data'),
    measured: stored(row, 'measured'),
    // A Buffer of the database in the plain type, whose `slice` copies.
    arrays: row.arrays && new Uint8Array(row.arrays.buffer, row.arrays.byteOffset, row.arrays.byteLength),
    blob: row.blob,
    hash: row.hash,
  };
}

function stored(row: StoredRow, field: 'data' | 'measured'): Json {
  try {
    return decodeJson(row[field]);
  } catch (cause) {
    throw new RunledgerError('ledger.damaged', `event ${row.position}: its ${field} cannot be read: ${(cause as Error).message}`, {
      help: 'see what is damaged with  runledger verify',
      cause,
    });
  }
}

/** Whether a stored event says the same as a new one: everything but its place. */
export function sameContent(a: EncodedEvent, b: EncodedEvent): boolean {
  const sameArrays = a.arrays === null || b.arrays === null ? a.arrays === b.arrays : Buffer.compare(a.arrays, b.arrays) === 0;
  return (
    sameArrays &&
    a.type === b.type &&
    a.schemaVersion === b.schemaVersion &&
    a.attempt === b.attempt &&
    a.recordedAt === b.recordedAt &&
    a.data === b.data &&
    a.measured === b.measured &&
    a.blob === b.blob
  );
}

function demand(holds: boolean, field: string, received: unknown, wanted: string): void {
  if (holds) return;
  throw new RunledgerError('ledger.event', `${field} of an event is ${JSON.stringify(received)}`, {
    place: field,
    help: `${field} must be ${wanted}`,
  });
}
