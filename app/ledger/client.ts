// The opener's end of the ledger thread: calls as promises, in the order in which they were made, at most so many under way. It keeps
// the process alive while something is under way, and not otherwise.
import { Worker } from 'node:worker_threads';
import { RunledgerError } from '../../trainer/errors.ts';
import { type CallName, type Calls, fromWire, type Message, type Request, type ThreadOptions } from './messages.ts';

/** Calls the thread has been sent and has not answered; further ones wait here, and their callers with them. */
const mostUnderWay = 256;

export type Progress = (done: number, total: number) => void;

export interface LedgerThread {
  call<Name extends CallName>(name: Name, request: Calls[Name]['request'], onProgress?: Progress): Promise<Calls[Name]['reply']>;
  /** Commits what waits and ends the thread. */
  close(): Promise<void>;
}

interface Pending {
  message: Request;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
  onProgress: Progress | undefined;
}

/** Resolves when the ledger is open for writing; rejects with what the thread found wrong. */
export async function startLedgerThread(
  options: ThreadOptions,
  onChange: (position: number) => void,
  onRebuild?: Progress,
): Promise<LedgerThread> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: options });
  const underWay = new Map<number, Pending>();
  const waiting: Pending[] = [];
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;
  let failure: RunledgerError | undefined;

  function send(): void {
    while (waiting.length > 0 && underWay.size < mostUnderWay) {
      const next = waiting.shift()!;
      underWay.set(next.message.id, next);
      worker.postMessage(next.message);
    }
    if (underWay.size > 0) worker.ref();
    else worker.unref();
  }

  function settle(id: number, finish: (pending: Pending) => void): void {
    const pending = underWay.get(id);
    underWay.delete(id);
    if (pending !== undefined) finish(pending);
    send();
  }

  function fail(error: RunledgerError): void {
    failure ??= error;
    opened.reject(failure);
    for (const { reject } of [...underWay.values(), ...waiting]) reject(failure);
    underWay.clear();
    waiting.length = 0;
  }

  worker.on('message', (message: Message) => {
    if (message.kind === 'open') opened.resolve();
    else if (message.kind === 'refused') fail(fromWire(message.error));
    else if (message.kind === 'rebuilding') onRebuild?.(message.done, message.total);
    else if (message.kind === 'changed') onChange(message.position);
    else if (message.kind === 'progress') underWay.get(message.id)?.onProgress?.(message.done, message.total);
    else if (message.kind === 'reply') settle(message.id, ({ resolve }) => resolve(message.value as never));
    else if (message.kind === 'error') settle(message.id, ({ reject }) => reject(fromWire(message.error)));
  });
  worker.on('error', (cause) =>
    fail(new RunledgerError('ledger.internal', `the ledger thread ended: ${(cause as Error).message}`, { cause })),
  );
  worker.on('exit', () => {
    fail(new RunledgerError('ledger.closed', 'the ledger is closed', { help: 'open it again' }));
    ended.resolve();
  });
  await opened.promise;
  worker.unref();

  const call: LedgerThread['call'] = (name, request, onProgress) =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const message = { id: ++lastId, call: name, request } as Request;
      waiting.push({ message, resolve: resolve as (value: never) => void, reject, onProgress });
      send();
    });

  return {
    call,
    async close() {
      // In its turn, after everything that waits. The thread ends instead of answering.
      call('close', null).catch(() => {});
      await ended.promise;
    },
  };
}
