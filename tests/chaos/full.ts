// A full disk at random moments. By the pages of the database: the append says so, and goes through once there is room. By the size of a file
// and on a small file system: a run waits for room or stops in words, and ends as if nothing had happened.
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunledgerError } from '../../trainer/errors.ts';
import { chance } from './chance.ts';
import { environment } from './environment.ts';
import { inFolder } from './folder.ts';
import type { Way } from './full/room.ts';
import { randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { holdAcknowledged, openWriterIn, writeBlobs } from './sample.ts';

async function runOutOfPages(seed: number): Promise<void> {
  const dice = chance(seed);
  const history = randomHistory(seed, { runs: 2 });
  await inFolder(async (folder) => {
    const writer = await openWriterIn(folder);
    writeBlobs(folder, history);
    const acknowledged: string[] = [];
    let refused = 0;
    for (const batch of history.batches) {
      if (dice.oneIn(3)) writer.database.pragma(`max_page_count = ${pagesOf(writer.database) + dice.below(6)}`);
      for (;;) {
        try {
          writer.appendAll([batch]);
          break;
        } catch (error) {
          hold(error instanceof RunledgerError && error.code === 'ledger.full', `told as ${error}`);
          hold(!writer.database.inTransaction, 'a transaction is left open');
          refused += 1;
          writer.database.pragma(`max_page_count = ${pagesOf(writer.database) + 20 * refused}`);
        }
      }
      acknowledged.push(...batch.events.map(({ id }) => id));
    }
    await holdAcknowledged(folder, writer, acknowledged);
  });
}

const pagesOf = (database: { pragma(text: string, options: { simple: true }): unknown }): number =>
  database.pragma('page_count', { simple: true }) as number;

/** In a process of its own, for limits belong to one; a small file system goes with it too. */
function recordIn(way: Way): (seed: number) => Promise<void> {
  return (seed) =>
    inFolder(async (folder) => {
      const recorder = [process.execPath, join(import.meta.dirname, 'full/recorder.ts'), way, String(seed), folder];
      const mounted = ['unshare', '-rm', 'sh', '-c', `mount -t tmpfs -o size=64m tmpfs "$5" && exec "$@"`, 'sh'];
      const [program, ...args] = way === 'tmpfs' ? [...mounted, ...recorder] : recorder;
      await promisify(execFile)(program as string, args, { env: environment });
    });
}

function cannot(program: string, args: string[], reason: string): () => string | null {
  return () => {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
      return null;
    } catch {
      return reason;
    }
  };
}

export const pages: Kind = {
  name: 'pages',
  what: 'no more pages in the database at random moments',
  counts: { test: 14, chaos: 100 },
  run: runOutOfPages,
};

export const fileSizes: Kind = {
  name: 'fileSizes',
  what: 'a limit on the size of files, met while a run is recorded',
  counts: { test: 3, chaos: 60 },
  unable: cannot('prlimit', ['--version'], 'there is no prlimit here'),
  run: recordIn('fileSize'),
};

export const smallDisks: Kind = {
  name: 'smallDisks',
  what: 'a small file system that is full while a run is recorded',
  counts: { test: 3, chaos: 40 },
  unable: cannot('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'], 'this user may not mount a file system of its own'),
  run: recordIn('tmpfs'),
};
