// What pages are given, and what a request carries: the types between server, app and pages.
import type { Database } from 'better-sqlite3';
import type { Context, Hono } from 'hono';
import type { Shell } from '../../views/shell.ts';
import type { Past } from '../ledger/sqlite/past.ts';

/** Milliseconds since 1970; passed in, so that tests decide the time. */
export type Clock = () => number;

export interface PageDeps {
  /** Read-only connection of this thread; pages prepare their reads of the `v1_` views once, when they register. */
  database: Database;
  /** The ledger as it stood at any event, for the same reads. */
  past(): Past;
  /** The ledger's folder, for the SQL sandbox, which opens its own connection. */
  folder: string;
  clock: Clock;
  /** Fires with the newest position after commits; gives back how to stop listening. */
  onChange(listener: (position: number) => void): () => void;
  /** Told of errors that nobody foresaw. */
  report(error: unknown): void;
  /** Records that somebody asks for a run to stop. */
  requestStop(runId: string): Promise<void>;
}

/** `context.get('shell')` is there for every page. */
export interface WebEnv {
  Variables: { shell: Shell };
}

export type WebApp = Hono<WebEnv>;
export type WebContext = Context<WebEnv>;
