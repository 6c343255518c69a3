// The ledger thread: owns the one writing connection of the process, so that fsync and waits for other writers block it and never
// a page. Commits appends in groups, keeps the leases of this process beating, and tells when something was committed.
import { randomUUID } from 'node:crypto';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { RunledgerError } from '../../trainer/errors.ts';
import { createCommitter } from './committer.ts';
import { fileBlobs } from './files.ts';
import { beatMs } from './liveness.ts';
import { type CallName, type Calls, type Message, type Request, type ThreadOptions, toWire } from './messages.ts';
import { prepareLeases } from './sqlite/leases.ts';
import { pollMs, watchOthers } from './sqlite/watch.ts';
import { prepareWork } from './sqlite/work.ts';
import { openWriter } from './sqlite/writer.ts';

type Handlers = { [Name in Exclude<CallName, 'append' | 'close'>]: (request: Calls[Name]['request'], id: number) => unknown };

async function serve(port: MessagePort, { file, blobs, identity }: ThreadOptions): Promise<void> {
  const say = (message: Message) => port.postMessage(message);
  const writer = await openWriter(file, (done, total) => say({ kind: 'rebuilding', done, total }));
  const committer = createCommitter(writer, () => announce());
  const leases = prepareLeases(writer.database, identity);
  const work = prepareWork(writer.database);
  let announced = writer.position();

  function announce(): void {
    const position = writer.position();
    if (position === announced) return;
    announced = position;
    say({ kind: 'changed', position });
  }

  const beating = setInterval(
    unlessHeldUp(() => leases.beat(Date.now())),
    beatMs,
  );
  const changed = watchOthers(writer.database);
  const polling = setInterval(
    unlessHeldUp(() => {
      if (changed()) announce();
    }),
    pollMs,
  );

  const handlers: Handlers = {
    offer: ({ key, payload }) => work.offer(key, payload),
    claim: ({ worker, token, now, leaseMs }) => work.claim(worker, token, now, leaseMs),
    beat: ({ key, token, now, leaseMs }) => work.beat(key, token, now, leaseMs),
    finish: ({ key, token, result }) => work.finish(key, token, result),
    giveBack: ({ key, token }) => work.giveBack(key, token),
    hold: ({ runId }) => leases.hold(runId, Date.now()),
    take: ({ runId }) => leases.take(runId, Date.now()),
    // What the disk will not take now goes with a later beat.
    release: ({ runId }) => unlessHeldUp(() => leases.release(runId))(),
    import: async (request, id) => {
      const { importExport } = await import('./transfer/import.ts');
      const onRead = (done: number, total: number) => say({ kind: 'progress', id, done, total });
      const imported = await importExport({ writer, blobs: fileBlobs(blobs, randomUUID), folder: blobs, onRead }, request);
      announce();
      return imported;
    },
    rebuild: (_, id) =>
      writer.rebuild({
        onProgress: (done, total) => say({ kind: 'progress', id, done, total }),
        pause: () => new Promise((resolve) => setImmediate(resolve)),
      }),
  };

  async function close(): Promise<void> {
    clearInterval(beating);
    clearInterval(polling);
    // What was just committed is answered first.
    await new Promise((resolve) => setImmediate(resolve));
    unlessHeldUp(() => leases.releaseAll())();
    writer.close();
    port.close();
  }

  async function answer(message: Request): Promise<void> {
    const { id, call } = message;
    try {
      if (call === 'append') {
        say({ kind: 'reply', id, value: await committer.append(message.request) });
        return;
      }
      committer.commit();
      if (call === 'close') await close();
      else say({ kind: 'reply', id, value: (await handlers[call](message.request as never, id)) ?? null });
    } catch (error) {
      say({ kind: 'error', id, error: toWire(error) });
    }
  }

  port.on('message', (message: Request) => void answer(message));
  say({ kind: 'open' });
}

/** What is tried again anyway may fail once: a full disk or a busy writer is told to whoever appends. */
function unlessHeldUp(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof RunledgerError)) throw error;
    }
  };
}

if (parentPort !== null) {
  const port = parentPort;
  serve(port, workerData as ThreadOptions).catch((error) => {
    port.postMessage({ kind: 'refused', error: toWire(error) } satisfies Message);
    port.close();
  });
}
