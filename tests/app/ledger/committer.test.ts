// Group commit, with time in the test's hands: who waits for whom, and what an error does to the others.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCommitter } from '../../../app/ledger/committer.ts';
import type { AppendRequest } from '../../../app/ledger/sqlite/append.ts';
import type { AppendReply } from '../../../app/ledger/sqlite/writer.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const request = (stream: string, flush = false) => ({ stream, expectedVersion: 0, events: [], flush });

/** A writer that notes which streams were committed together. */
function recordingWriter(
  answer: (request: AppendRequest) => AppendReply = () => ({ outcome: { kind: 'appended', rows: [], fresh: true } }),
) {
  const groups: string[][] = [];
  return {
    groups,
    appendAll(requests: AppendRequest[]): AppendReply[] {
      groups.push(requests.map(({ stream }) => stream));
      return requests.map(answer);
    },
  };
}

test('what comes within a quarter of a second is one commit, and nobody is told before', async () => {
  const writer = recordingWriter();
  let commits = 0;
  const committer = createCommitter(writer, () => commits++);
  await Promise.all([committer.append(request('first')), vi.advanceTimersByTimeAsync(0)]);
  let told = false;
  const waiting = Promise.all([committer.append(request('a')), committer.append(request('b'))]).then(() => {
    told = true;
  });
  await vi.advanceTimersByTimeAsync(249);
  expect({ told, groups: writer.groups }).toEqual({ told: false, groups: [['first']] });
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect({ told, groups: writer.groups, commits }).toEqual({ told: true, groups: [['first'], ['a', 'b']], commits: 2 });
});

test('a flush commits at once and takes what waits with it, in order', async () => {
  const writer = recordingWriter();
  const committer = createCommitter(writer, () => {});
  await Promise.all([committer.append(request('a')), committer.append(request('b', true))]);
  expect(writer.groups).toEqual([['a', 'b']]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(writer.groups).toHaveLength(1);
});

test('an append that is refused takes nothing from the others', async () => {
  const refused = new Error('refused');
  const writer = recordingWriter(({ stream }) =>
    stream === 'b' ? { error: refused } : { outcome: { kind: 'appended', rows: [], fresh: true } },
  );
  const committer = createCommitter(writer, () => {});
  const results = await Promise.allSettled([
    committer.append(request('a')),
    committer.append(request('b')),
    committer.append(request('c', true)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an error of the storage is told to all, and the next commit goes on', async () => {
  let full = true;
  const writer = {
    appendAll(requests: AppendRequest[]): AppendReply[] {
      if (full) throw new Error('disk full');
      return requests.map(() => ({ outcome: { kind: 'appended', rows: [], fresh: true } }));
    },
  };
  const committer = createCommitter(writer, () => {});
  const failed = await Promise.allSettled([committer.append(request('a')), committer.append(request('b', true))]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  full = false;
  expect(await committer.append(request('a', true))).toMatchObject({ kind: 'appended' });
});
