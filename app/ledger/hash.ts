// The hash chain of a stream: each event's SHA-256 covers its own bytes as stored and the hash before it. `position` is not
// in it, so a merge into another ledger keeps every hash.
import { createHash, type Hash } from 'node:crypto';

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

/** SHA-256, hex. `previous` is the hash of version − 1 of the stream, null for its first event. */
export function eventHash(previous: string | null, stream: string, version: number, event: EncodedEvent): string {
  const hash = createHash('sha256');
  const { id, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob } = event;
  const fields = [scheme, previous, id, stream, version, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob];
  for (const field of fields) addField(hash, field);
  return hash.digest('hex');
}

/** Length in bytes as a little-endian word, then the bytes; NULL is the length 2^32 − 1, so it differs from empty. Numbers as decimal text. */
function addField(hash: Hash, field: string | number | Uint8Array | null): void {
  const length = Buffer.alloc(4);
  if (field === null) {
    length.writeUInt32LE(absent);
    hash.update(length);
    return;
  }
  const bytes = field instanceof Uint8Array ? field : Buffer.from(String(field), 'utf8');
  length.writeUInt32LE(bytes.byteLength);
  hash.update(length).update(bytes);
}
