// The log in memory: the reference of the contract suite, and the log of tests that need no file.
import { checkStream, decodeEvent, encodeEvent, type StoredRow, sameContent } from '../encode.ts';
import { eventHash } from '../hash.ts';
import { idempotence } from '../idempotence.ts';
import type { AppendResult, Checkpoint, Log, NewEvent, StoredEvent } from '../ports.ts';

export function memoryLog(): Log {
  const all: StoredRow[] = [];
  const inStream = (stream: string) => all.filter((row) => row.stream === stream);

  function append(stream: string, expectedVersion: number, events: NewEvent[]): AppendResult {
    checkStream(stream);
    const encoded = events.map(encodeEvent);
    const known = encoded.map(({ id }) => all.find((row) => row.id === id));
    if (new Set(encoded.map(({ id }) => id)).size < encoded.length) throw idempotence(encoded[0]!.id, 'stands twice in one append');
    if (encoded.length > 0 && known.every((row) => row !== undefined)) {
      for (const [index, row] of known.entries()) {
        if (row!.stream !== stream || !sameContent(row!, encoded[index]!)) throw idempotence(row!.id, 'is stored with other content');
      }
      return { kind: 'appended', events: known.map((row) => decodeEvent(row!)) };
    }
    const repeated = known.find((row) => row !== undefined);
    if (repeated) throw idempotence(repeated.id, 'is stored already, other events of this append are not');
    const before = inStream(stream);
    if (before.length !== expectedVersion) return { kind: 'conflict', missed: before.slice(expectedVersion).map(decodeEvent) };
    let previous = before.at(-1)?.hash ?? null;
    const stored = encoded.map((event, index) => {
      const version = expectedVersion + index + 1;
      previous = eventHash(previous, stream, version, event);
      return { ...event, position: all.length + index + 1, stream, version, hash: previous };
    });
    all.push(...stored);
    return { kind: 'appended', events: stored.map(decodeEvent) };
  }

  return {
    async append(stream, expectedVersion, events) {
      return append(stream, expectedVersion, events);
    },
    async read(stream, { after = 0, limit = Number.MAX_SAFE_INTEGER } = {}): Promise<StoredEvent[]> {
      return inStream(stream)
        .slice(after, after + limit)
        .map(decodeEvent);
    },
    async readAll({ after = '0', limit = 1000 } = {}): Promise<{ events: StoredEvent[]; checkpoint: Checkpoint }> {
      const start = Number(after);
      const rows = all.slice(start, start + limit);
      return { events: rows.map(decodeEvent), checkpoint: String(start + rows.length) };
    },
    async head(stream) {
      const last = inStream(stream).at(-1);
      return { version: last?.version ?? 0, hash: last?.hash ?? null };
    },
  };
}
