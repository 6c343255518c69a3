// The four narrow ports of the ledger. SQLite is the embedded implementation, memory the reference of the contract suites;
// a server database or an object store can take their place. Every method returns a promise; checkpoints are opaque strings.

/** Values as JSON holds them; NaN and infinities as numbers here, as strings in the stored text. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface NewEvent {
  /** UUIDv7, given by the caller: the key of idempotence. */
  id: string;
  type: string;
  schemaVersion: number;
  /** Which attempt of a run writes; 0 where the stream knows no attempts. */
  attempt: number;
  /** ISO 8601, UTC, milliseconds. */
  recordedAt: string;
  data: Json;
  measured: Json;
  arrays: Uint8Array | null;
  /** SHA-256, hex, of a blob that is stored already. */
  blob: string | null;
}

export interface StoredEvent extends NewEvent {
  position: number;
  stream: string;
  /** From 1. */
  version: number;
  /** SHA-256, hex, over this event and its predecessor in the stream. */
  hash: string;
}

export type AppendResult =
  | { kind: 'appended'; events: StoredEvent[] }
  /** The stream is further than expected; these events were missed. */
  | { kind: 'conflict'; missed: StoredEvent[] };

export type Checkpoint = string;

export interface Log {
  /** `expectedVersion` 0 opens a stream. The same ids with the same content give the stored result again; other content is an error `ledger.idempotence`. `flush: true` commits before it resolves; else group commit. */
  append(stream: string, expectedVersion: number, events: NewEvent[], options?: { flush?: boolean }): Promise<AppendResult>;
  read(stream: string, options?: { after?: number; limit?: number }): Promise<StoredEvent[]>;
  readAll(options?: { after?: Checkpoint; limit?: number }): Promise<{ events: StoredEvent[]; checkpoint: Checkpoint }>;
  head(stream: string): Promise<{ version: number; hash: string | null }>;
}

export interface Blobs {
  /** Stores and returns the SHA-256, hex. */
  put(bytes: Uint8Array): Promise<string>;
  get(sha256: string): Promise<Uint8Array>;
  has(sha256: string): Promise<boolean>;
  /** Lets a blob go; nothing happens where there is none. Only retention calls this: checkpoints are a cache. */
  remove(sha256: string): Promise<void>;
  list(): AsyncIterable<{ sha256: string; bytes: number }>;
}

export interface WorkItem {
  key: string;
  payload: Json;
}

export interface Claim extends WorkItem {
  /** Fences: a claim that was given back or taken over is refused. */
  token: string;
}

export interface Work {
  /** True when new; false when the key is known already. */
  offer(item: WorkItem): Promise<boolean>;
  claim(worker: string, options: { leaseMs: number }): Promise<Claim | null>;
  beat(claim: Claim, options: { leaseMs: number }): Promise<boolean>;
  finish(claim: Claim, result: Json): Promise<boolean>;
  giveBack(claim: Claim): Promise<boolean>;
}

export interface ReadModels {
  /** Where the projections stand. */
  checkpoint(): Promise<Checkpoint>;
  /** Rows of one published view, for contract tests and exports. */
  rows(view: string, options?: { limit?: number }): Promise<Record<string, unknown>[]>;
  /** Folds the whole log into fresh tables and swaps them in. */
  rebuild(onProgress?: (done: number, total: number) => void): Promise<{ events: number; unknown: number }>;
}
