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
  const numbers = [version, attempt].map(String);
  const fields = [scheme, previous, id, stream, ...numbers, type, String(schemaVersion), recordedAt, data, measured, arrays, blob];
  const lengths = fields.map((field) => (field === null ? 0 : byteLength(field)));
  // In one piece: a hash that is fed field by field takes twice the time, and `verify` computes one for every event there is.
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, field] of fields.entries()) {
    const length = lengths[index]!;
    at = bytes.writeUInt32LE(field === null ? absent : length, at);
    if (typeof field === 'string') bytes.write(field, at, 'utf8');
    else if (field !== null) bytes.set(field, at);
    at += length;
  }
  return hash('sha256', bytes, 'hex');
}

const byteLength = (field: string | Uint8Array): number =>
  typeof field === 'string' ? Buffer.byteLength(field, 'utf8') : field.byteLength;
