// A question at a terminal: Enter is yes, n is no, the end of the input and Ctrl-C are no.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askYes } from '../../../app/cli/terminal/ask.ts';
import { createScreen } from '../../../app/cli/terminal/screen.ts';
import { fakeHost } from './fakeHost.ts';

function asked(signal = new AbortController().signal) {
  const input = new PassThrough();
  const output = new PassThrough();
  const host = { ...fakeHost(), stdin: Object.assign(input, { isTTY: true }) };
  const err = createScreen(output, { color: 'never', environment: {}, platform: 'linux' });
  return { input, output, answer: askYes({ host, err }, 'Resume it? ', signal) };
}

test.each([
  ['\n', true],
  ['y\n', true],
  ['n\n', false],
  ['No\n', false],
])('%j is %s', async (typed, expected) => {
  const { input, output, answer } = asked();
  input.write(typed);
  expect(await answer).toBe(expected);
  expect(String(output.read())).toContain('Resume it? ');
});

test('the end of the input, and Ctrl-C, are no', async () => {
  const ended = asked();
  ended.input.end();
  expect(await ended.answer).toBe(false);
  expect(await asked(AbortSignal.abort()).answer).toBe(false);
});
