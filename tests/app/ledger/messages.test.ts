// Errors on their way from the ledger thread: words for the reader, and where they came from only for who asks.
import { expect, test } from 'vitest';
import { fromWire, toWire } from '../../../app/ledger/messages.ts';
import { RunledgerError } from '../../../trainer/index.ts';

const across = (error: unknown): RunledgerError => fromWire(structuredClone(toWire(error)));

test('one of ours keeps its code, words and place, and the stack of what was beneath it', () => {
  const cause = new Error('SQLITE_FULL');
  const error = across(new RunledgerError('ledger.full', 'full', { help: 'make room', place: '/disk', cause }));
  expect(error).toMatchObject({ code: 'ledger.full', message: 'full', help: 'make room', place: '/disk' });
  expect((error.cause as Error).stack).toBe(cause.stack);
});

test('any other is internal, and its stack stands nowhere that is printed', () => {
  const mistake = new TypeError('x is undefined');
  const error = across(mistake);
  expect(error).toMatchObject({ code: 'ledger.internal', message: 'x is undefined', place: undefined });
  expect(error.help).not.toContain('messages.test');
  expect((error.cause as Error).stack).toBe(mistake.stack);
});
