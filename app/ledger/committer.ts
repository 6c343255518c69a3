// Group commit: appends that need not be on disk at once wait for each other, at most four commits a second. One that must be
// takes all that wait with it. A promise resolves only once its append is on disk.
import type { AppendOutcome, AppendRequest } from './sqlite/append.ts';
import type { LedgerWriter } from './sqlite/writer.ts';

const groupMs = 250;

export interface Committer {
  append(request: AppendRequest & { flush: boolean }): Promise<AppendOutcome>;
  /** Commits what waits. */
  commit(): void;
}

interface Waiting {
  request: AppendRequest;
  resolve: (outcome: AppendOutcome) => void;
  reject: (error: unknown) => void;
}

export function createCommitter(writer: Pick<LedgerWriter, 'appendAll'>, onCommit: () => void): Committer {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let committed = Number.NEGATIVE_INFINITY;

  function commit(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    try {
      const replies = writer.appendAll(group.map(({ request }) => request));
      for (const [index, reply] of replies.entries()) {
        if ('error' in reply) group[index]!.reject(reply.error);
        else group[index]!.resolve(reply.outcome);
      }
      onCommit();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    committed = performance.now();
  }

  return {
    commit,
    append({ flush, ...request }) {
      return new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject });
        if (flush) commit();
        else timer ??= setTimeout(commit, Math.max(0, groupMs - (performance.now() - committed)));
      });
    },
  };
}
