// What the ledger thread and the thread that opened the ledger say to each other.
import { RunledgerError } from '../../trainer/errors.ts';
import type { ProcessIdentity } from './process.ts';
import type { AppendOutcome, AppendRequest } from './sqlite/append.ts';
import type { Rebuilt } from './sqlite/rebuild.ts';
import type { ClaimedRow } from './sqlite/work.ts';
import type { Imported, ImportRequest } from './transfer/import.ts';

export interface ThreadOptions {
  file: string;
  /** Folder of the blobs. */
  blobs: string;
  identity: ProcessIdentity;
}

/** Every call the thread answers. Appends may wait for the group commit; everything else is done at once, after what waits. */
export interface Calls {
  append: { request: AppendRequest & { flush: boolean }; reply: AppendOutcome };
  offer: { request: { key: string; payload: string }; reply: boolean };
  claim: { request: { worker: string; token: string; now: number; leaseMs: number }; reply: ClaimedRow | null };
  beat: { request: { key: string; token: string; now: number; leaseMs: number }; reply: boolean };
  finish: { request: { key: string; token: string; result: string }; reply: boolean };
  giveBack: { request: { key: string; token: string }; reply: boolean };
  hold: { request: { runId: string }; reply: null };
  take: { request: { runId: string }; reply: boolean };
  release: { request: { runId: string }; reply: null };
  import: { request: ImportRequest; reply: Imported };
  rebuild: { request: null; reply: Rebuilt };
  close: { request: null; reply: null };
}

export type CallName = keyof Calls;

export type Request = { [Name in CallName]: { id: number; call: Name; request: Calls[Name]['request'] } }[CallName];

export interface WireError {
  code: string;
  message: string;
  help: string | undefined;
  place: string | undefined;
  /** Where it came from in the thread, for `--debug`. */
  stack: string | undefined;
}

export type Message =
  /** Read models of another version are made anew before the ledger is open. */
  | { kind: 'rebuilding'; done: number; total: number }
  | { kind: 'open' }
  | { kind: 'refused'; error: WireError }
  | { kind: 'reply'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'progress'; id: number; done: number; total: number }
  /** Something was committed, here or by another process. */
  | { kind: 'changed'; position: number };

/** Errors do not cross threads with their class; these fields do. What is none of ours is `ledger.internal`. */
export function toWire(error: unknown): WireError {
  if (error instanceof RunledgerError) {
    const { code, message, help, place, cause } = error;
    return { code, message, help, place, stack: (cause instanceof Error ? cause : error).stack };
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  return { code: 'ledger.internal', message, help: 'run it again with --debug to see where', place: undefined, stack };
}

export function fromWire({ code, message, help, place, stack }: WireError): RunledgerError {
  return new RunledgerError(code, message, { help, place, cause: Object.assign(new Error(message), { stack }) });
}
