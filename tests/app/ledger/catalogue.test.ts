// The catalogue: what is checked when an event is appended, and how older versions are read.
import { expect, test } from 'vitest';
import { checkEvent, upcast } from '../../../app/ledger/catalogue/index.ts';
import type { StoredEvent } from '../../../app/ledger/ports.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { asEvents, syntheticFacts } from './synthetic.ts';

const stored = (type: string, schemaVersion: number, data: object): StoredEvent => ({
  ...eventSource()(type, { data: data as never }),
  schemaVersion,
  position: 1,
  stream: streamOf('run', 1),
  version: 1,
  hash: '',
});

test('takes every fact that a run yields, diverging or not', () => {
  const event = eventSource();
  for (const plan of [{ epochs: 2 }, { epochs: 2, batchNorm: false }, { epochs: 3, divergesAt: 2 }]) {
    for (const fact of asEvents(syntheticFacts({ ...plan, train: 640 }), event)) expect(() => checkEvent(fact)).not.toThrow();
  }
});

test('names the field and the value of what does not fit, and lets fields of the future pass', () => {
  const event = eventSource();
  const stopped = { epoch: 1, step: 5, by: 'user', why: 'Ctrl-C' };
  expect(() => checkEvent(event('RunStopped', { data: { ...stopped, mood: 'good' } }))).not.toThrow();
  expect(() => checkEvent(event('RunStopped', { data: { ...stopped, step: -1 } }))).toThrow(
    expect.objectContaining({ code: 'ledger.event', place: 'data.step', message: expect.stringContaining('data.step is -1') }),
  );
  expect(() => checkEvent(event('RunTagged', { data: { add: ['a,b'], remove: [] } }))).toThrow(
    expect.objectContaining({ place: 'data.add.0' }),
  );
});

test('an unknown type or a version from the future is nothing this program can read', () => {
  expect(upcast(stored('Invented', 1, {}))).toBeNull();
  expect(upcast(stored('RunNoted', 2, { text: 'x' }))).toBeNull();
});

test('an older version is read through the steps that lead to the newest', () => {
  const old = stored('RunNoted', -1, { words: ['a', 'b'] });
  const ways = {
    RunNoted: {
      [-1]: (event: StoredEvent): StoredEvent => ({
        ...event,
        schemaVersion: 0,
        data: { text: (event.data as { words: string[] }).words.join(' ') },
      }),
      0: (event: StoredEvent): StoredEvent => ({ ...event, schemaVersion: 1 }),
    },
  };
  expect(upcast(old, ways)).toMatchObject({ schemaVersion: 1, data: { text: 'a b' } });
  expect(upcast(old, { RunNoted: { [-1]: ways.RunNoted[-1] } })).toBeNull();
  expect(old.data).toEqual({ words: ['a', 'b'] });
});
