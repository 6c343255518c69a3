// What every Log must do. An implementation passes by being named once, in ports.test.ts.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log, NewEvent } from '../../app/ledger/ports.ts';
import { eventSource, streamOf } from './events.ts';

export interface Opened<Port> {
  port: Port;
  close(): Promise<void>;
}

const a = streamOf('run', 1);
const b = streamOf('run', 2);

export function logContract(name: string, open: () => Promise<Opened<Log>>): void {
  describe(`Log, ${name}`, () => {
    let log: Log;
    let close: () => Promise<void>;
    let event: ReturnType<typeof eventSource>;

    beforeEach(async () => {
      ({ port: log, close } = await open());
      event = eventSource();
    });
    afterEach(() => close());

    async function write(stream: string, version: number, events: NewEvent[]) {
      const result = await log.append(stream, version, events, { flush: true });
      if (result.kind !== 'appended') throw new Error('unexpected conflict');
      return result.events;
    }

    test('a stream that nobody wrote to is empty', async () => {
      expect(await log.read(a)).toEqual([]);
      expect(await log.head(a)).toEqual({ version: 0, hash: null });
    });

    test('what is appended is read back, whole and in order', async () => {
      const [first, second] = [event('Seen', { data: { loss: Number.NaN }, arrays: new Uint8Array([1, 2, 3]) }), event('Seen')];
      const stored = await write(a, 0, [first, second]);
      expect(stored.map(({ version }) => version)).toEqual([1, 2]);
      expect(stored[0]).toMatchObject(first);
      expect(await log.read(a)).toEqual(stored);
      expect(await log.head(a)).toEqual({ version: 2, hash: stored[1]!.hash });
    });

    test('arrays are taken as they are at the call: the caller may use its buffer again', async () => {
      const arrays = new Uint8Array([1, 2, 3]);
      const appending = write(a, 0, [event('Seen', { arrays })]);
      arrays.fill(0);
      await appending;
      expect((await log.read(a))[0]!.arrays).toEqual(new Uint8Array([1, 2, 3]));
    });

    test('reading starts after a version and stops at a limit', async () => {
      await write(a, 0, [event('One'), event('Two'), event('Three'), event('Four')]);
      expect((await log.read(a, { after: 1, limit: 2 })).map(({ type }) => type)).toEqual(['Two', 'Three']);
    });

    test('an append at another version is a conflict that tells what was missed, and stores nothing', async () => {
      await write(a, 0, [event('One'), event('Two')]);
      const result = await log.append(a, 1, [event('Late')]);
      expect(result).toEqual({ kind: 'conflict', missed: await log.read(a, { after: 1 }) });
      expect(await log.append(a, 5, [event('Early')])).toEqual({ kind: 'conflict', missed: [] });
      expect((await log.head(a)).version).toBe(2);
    });

    test('the same append again gives the stored result, whatever happened since', async () => {
      const events = [event('One'), event('Two')];
      const stored = await write(a, 0, events);
      await write(a, 2, [event('Three')]);
      expect(await log.append(a, 0, events)).toEqual({ kind: 'appended', events: stored });
      expect((await log.head(a)).version).toBe(3);
    });

    test('an id that comes again with another meaning is refused', async () => {
      const first = event('One', { data: { n: 1 } });
      await write(a, 0, [first]);
      const refused = { code: 'ledger.idempotence' };
      await expect(log.append(a, 1, [{ ...first, data: { n: 2 } }])).rejects.toMatchObject(refused);
      await expect(log.append(b, 0, [first])).rejects.toMatchObject(refused);
      await expect(log.append(a, 1, [first, event('Two')])).rejects.toMatchObject(refused);
      const twice = event('Two');
      await expect(log.append(a, 1, [twice, twice])).rejects.toMatchObject(refused);
      expect((await log.head(a)).version).toBe(1);
    });

    test('a malformed event is refused with the field and the value received', async () => {
      await expect(log.append(a, 0, [{ ...event('One'), id: 'x' }])).rejects.toMatchObject({ code: 'ledger.event', place: 'id' });
      await expect(log.append(a, 0, [{ ...event('One'), recordedAt: 'today' }])).rejects.toMatchObject({ place: 'recordedAt' });
      await expect(log.append(a, 0, [event('RunNamed', { data: { name: 7 } })])).rejects.toMatchObject({
        code: 'ledger.event',
        place: 'data.name',
      });
      await expect(log.append(a, 0, [event('half a pair: \ud800')])).rejects.toMatchObject({ place: 'type' });
      await expect(log.append('nonsense', 0, [event('One')])).rejects.toMatchObject({ code: 'ledger.stream' });
    });

    test('everything is read in the order of commits, from any checkpoint', async () => {
      await write(a, 0, [event('One')]);
      await write(b, 0, [event('Two'), event('Three')]);
      await write(a, 1, [event('Four')]);
      const first = await log.readAll({ limit: 2 });
      const rest = await log.readAll({ after: first.checkpoint });
      expect([...first.events, ...rest.events].map(({ type }) => type)).toEqual(['One', 'Two', 'Three', 'Four']);
      const positions = [...first.events, ...rest.events].map(({ position }) => position);
      expect(positions).toEqual([...positions].sort((x, y) => x - y));
      expect(await log.readAll({ after: rest.checkpoint })).toEqual({ events: [], checkpoint: rest.checkpoint });
    });

    test('a hash rests on every event before it in its stream, and on nothing of other streams', async () => {
      const events = [event('One', { data: { n: 1 } }), event('Two')];
      const [, there] = await write(a, 0, events);
      const { port: other, close: closeOther } = await open();
      try {
        const between = eventSource();
        await other.append(b, 0, [{ ...between('Other'), id: '018e0000-0000-7000-8000-ffffffffffff' }]);
        const same = await other.append(a, 0, events, { flush: true });
        expect(same.kind === 'appended' && same.events[1]!.hash).toBe(there!.hash);
      } finally {
        await closeOther();
      }
      const { port: third, close: closeThird } = await open();
      try {
        const changed = await third.append(a, 0, [{ ...events[0]!, data: { n: 2 } }, events[1]!]);
        expect(changed.kind === 'appended' && changed.events[1]!.hash).not.toBe(there!.hash);
      } finally {
        await closeThird();
      }
    });

    test('appends that are under way together keep their order', async () => {
      const results = await Promise.all(Array.from({ length: 300 }, (_, n) => log.append(a, n, [event('Count', { data: { n } })])));
      expect(results.every(({ kind }) => kind === 'appended')).toBe(true);
      expect((await log.read(a)).map(({ data }) => (data as { n: number }).n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    });

    test('behaves as a list of lists, whatever is appended at whichever version', async () => {
      const appends = fc.array(
        fc.record({ stream: fc.nat(2), version: fc.nat(4), count: fc.integer({ min: 1, max: 3 }), repeat: fc.boolean() }),
        { minLength: 1, maxLength: 12 },
      );
      let start = 10;
      await fc.assert(
        fc.asyncProperty(appends, async (plan) => {
          const model = new Map<string, string[]>();
          const base = start;
          start += 3;
          let last: { stream: string; version: number; events: NewEvent[] } | null = null;
          for (const { stream: n, version, count, repeat } of plan) {
            if (repeat && last !== null) {
              expect((await log.append(last.stream, last.version, last.events, { flush: true })).kind).toBe('appended');
              continue;
            }
            const stream = streamOf('run', base + n);
            const known = model.get(stream) ?? [];
            const events = Array.from({ length: count }, () => event('Drawn'));
            const result = await log.append(stream, version, events, { flush: true });
            expect(result.kind).toBe(version === known.length ? 'appended' : 'conflict');
            if (result.kind === 'appended') {
              model.set(stream, [...known, ...events.map(({ id }) => id)]);
              last = { stream, version, events };
            } else {
              expect(result.missed.map(({ id }) => id)).toEqual(known.slice(version));
            }
          }
          for (const [stream, ids] of model) expect((await log.read(stream)).map(({ id }) => id)).toEqual(ids);
        }),
        { numRuns: 25, seed: 1 },
      );
    });
  });
}
