import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress } from '../../../app/cli/terminal/progress.ts';
import { createScreen } from '../../../app/cli/terminal/screen.ts';
import { fakeTerminal } from './fakeHost.ts';

const settings = { color: 'never', environment: { LANG: 'C.UTF-8' }, platform: 'linux' } as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a progress block in a terminal', () => {
  test('is redrawn at most four times a second, with the newest lines', async () => {
    const stream = fakeTerminal({ isTTY: true, columns: 80, rows: 24 });
    const progress = await createProgress(createScreen(stream, settings), () => Date.now());
    const drawn: string[] = [];
    for (let step = 0; step < 1000; step++) {
      progress.show(() => {
        drawn.push(`step ${step}`);
        return [`step ${step}`];
      });
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(1000);
    expect(drawn).toEqual(['step 0', 'step 249', 'step 499', 'step 749', 'step 999']);
    expect(stripVTControlCharacters(stream.text())).toContain('step 999');
    progress.end();
  });

  test('keeps warnings above it, once, and leaves the last lines', async () => {
    const stream = fakeTerminal({ isTTY: true, columns: 80, rows: 24 });
    const progress = await createProgress(createScreen(stream, settings), () => Date.now());
    progress.show(() => ['epoch 1']);
    progress.log('for pipes only');
    progress.note('! the gap widens');
    progress.end(['completed']);
    vi.advanceTimersByTime(1000);
    const text = stripVTControlCharacters(stream.text());
    expect(text.match(/the gap widens/g)).toHaveLength(1);
    expect(text).not.toContain('for pipes only');
    expect(text.indexOf('the gap widens')).toBeLessThan(text.lastIndexOf('epoch 1'));
    expect(text.trimEnd().endsWith('completed')).toBe(true);
  });

  test('cuts lines that would wrap', async () => {
    const stream = fakeTerminal({ isTTY: true, columns: 60, rows: 24 });
    const progress = await createProgress(createScreen(stream, settings), () => Date.now());
    progress.show(() => ['x'.repeat(200)]);
    expect(stripVTControlCharacters(stream.text())).toContain(`${'x'.repeat(59)}…\n`);
    progress.end();
  });
});

test('in a pipe there are lines, and nothing is redrawn', async () => {
  const stream = fakeTerminal();
  const progress = await createProgress(createScreen(stream, settings), () => Date.now());
  progress.show(() => ['never seen']);
  progress.log('epoch 1/30 step 352 train 1.402');
  progress.note('! the gap widens');
  progress.show(() => ['never seen']);
  progress.end(['completed']);
  vi.advanceTimersByTime(1000);
  expect(stream.text()).toBe('epoch 1/30 step 352 train 1.402\n! the gap widens\ncompleted\n');
});
