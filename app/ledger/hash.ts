// The hash chain of a stream: each event's SHA-256 covers its own bytes as stored and the hash before it. `position` is not
// in it, so a merge into another ledger keeps every hash.
import { hash } from 'node:crypto';

/** An event as it is stored: JSON as text. */
export interface EncodedEvent {
  id: string;
  type: string;
  schemaVersion: number;
  attempt: number;
  recordedAt: string;
  data: string;
  measured: string;
  arrays: Uint8Array | null;
  blob: string | null;
}

const scheme = 'runledger/1';
const absent = 0xffffffff;

/**
 * SHA-256, hex, over the fields in this order: each its length in bytes as a little-endian word, then its bytes. NULL is the length 2^32 − 1, so it
 * differs from empty; numbers are decimal text. `previous` is the hash of version − 1 of the stream, null for its first event.
 */
export function eventHash(previous: string | null, stream: string, version: number, event: EncodedEvent): string {
  const { id, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob } = event;
  const bytes = scratchFor(event, stream);
  let at = 0;
  const add = (field: string | Uint8Array | null): void => {
    let length = 0;
    if (typeof field === 'string') length = bytes.write(field, at + 4, 'utf8');
    else if (field !== null) {
      bytes.set(field, at + 4);
      length = field.byteLength;
    }
    bytes.writeUInt32LE(field === null ? absent : length, at);
    at += 4 + length;
  };
  add(scheme);
  add(previous);
  add(id);
  add(stream);
  add(String(version));
  add(String(attempt));
  add(type);
  add(String(schemaVersion));
  add(recordedAt);
  add(data);
  add(measured);
  add(arrays);
  add(blob);
  return hash('sha256', bytes.subarray(0, at), 'hex');
}

/**
 * Where the fields are put together: a hash that is fed field by field takes twice the time, and `verify` computes one for every event there is.
 * The same bytes again and again; a very large event gets its own. A text takes at most three bytes a unit.
 */
function scratchFor({ id, type, recordedAt, data, measured, arrays, blob }: EncodedEvent, stream: string): Buffer {
  const units = id.length + stream.length + type.length + recordedAt.length + data.length + measured.length + (blob?.length ?? 0);
  const most = 512 + 3 * units + (arrays?.byteLength ?? 0);
  return most <= scratch.length ? scratch : Buffer.allocUnsafe(most);
}

const scratch = Buffer.allocUnsafeSlow(65_536);
