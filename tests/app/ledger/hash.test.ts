// The hash of an event, computed here once more from its description alone, and pinned: whoever changes it breaks every ledger there is.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type EncodedEvent, eventHash } from '../../../app/ledger/hash.ts';

const event: EncodedEvent = {
  id: '018e0000-0000-7000-8000-000000000001',
  type: 'RunNoted',
  schemaVersion: 1,
  attempt: 0,
  recordedAt: '2026-03-14T00:00:00.000Z',
  data: '{"text":"größer"}',
  measured: 'null',
  arrays: new Uint8Array([1, 2, 3]),
  blob: null,
};
const stream = 'run/00000000-0000-4000-8000-000000000001/notes';

test('is SHA-256 over length-prefixed fields, NULL by a length of its own', () => {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const none = Buffer.from('ffffffff', 'hex');
  const fields = [
    text('runledger/1'),
    none,
    text(event.id),
    text(stream),
    text('1'),
    text('0'),
    text('RunNoted'),
    text('1'),
    text(event.recordedAt),
    text(event.data),
    text('null'),
    Buffer.from([3, 0, 0, 0, 1, 2, 3]),
    none,
  ];
  expect(eventHash(null, stream, 1, event)).toBe(createHash('sha256').update(Buffer.concat(fields)).digest('hex'));
});

test('is what it always was', () => {
  expect(eventHash(null, stream, 1, event)).toMatchInlineSnapshot(`"4e0461a0344737643b2a1c3d8b555cd5f079921fd882fec9606815ea36c52e54"`);
  expect(eventHash('00'.repeat(32), stream, 2, { ...event, arrays: null })).toMatchInlineSnapshot(
    `"1bf970952bd271c3dc509f9934dd3612253ca7fef2e7d7fd2952ed9f94bb6b10"`,
  );
});

test('every field counts, and empty differs from absent', () => {
  const changed: EncodedEvent[] = [
    event,
    { ...event, id: '018e0000-0000-7000-8000-000000000002' },
    { ...event, type: 'RunNote' },
    { ...event, schemaVersion: 2 },
    { ...event, attempt: 1 },
    { ...event, recordedAt: '2026-03-14T00:00:00.001Z' },
    { ...event, data: '{}' },
    { ...event, measured: '{}' },
    { ...event, arrays: new Uint8Array() },
    { ...event, arrays: null },
    { ...event, blob: '' },
  ];
  const hashes = changed.map((one) => eventHash(null, stream, 1, one));
  hashes.push(eventHash('', stream, 1, event), eventHash(null, `${stream}x`, 1, event), eventHash(null, stream, 2, event));
  expect(new Set(hashes).size).toBe(hashes.length);
});
