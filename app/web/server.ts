// The web server: binds the application to a socket, with limits on what a client may send, and closes without waiting for open pages.
import { randomUUIDv7 } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Database } from 'better-sqlite3';
import { RunledgerError } from '../../trainer/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import { requestStop } from '../runs/requests.ts';
import { createApp } from './app.ts';
import type { Clock, PageDeps } from './deps.ts';
import { hostNames, inUrl, isLoopback } from './security/hosts.ts';
import { openAccess } from './security/token.ts';

/** What the server needs of an open ledger. */
export interface ServedLedger {
  folder: string;
  database: Database;
  past: PageDeps['past'];
  onChange: PageDeps['onChange'];
  log: Ledger['log'];
}

export interface ServerOptions {
  ledger: ServedLedger;
  /** An address to bind; loopback asks for no token. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  clock: Clock;
  /** Told of errors that nobody foresaw; by default they go to the terminal in one line. */
  report?: (error: unknown) => void;
}

export interface RunningServer {
  /** Where a browser finds it; beyond loopback with a ticket that works once. */
  url: string;
  close(): Promise<void>;
}

const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 };
const maxConnections = 256;

/** Serves until closed. Throws `web.port` when the port is taken or not allowed. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { ledger, host, port, clock, report = reportToTerminal } = options;
  const access = isLoopback(host) ? null : openAccess(ledger.folder);
  const noting = { ledger, clock, newEventId: randomUUIDv7 };
  const { app, close } = createApp(
    {
      database: ledger.database,
      past: () => ledger.past(),
      folder: ledger.folder,
      onChange: (listener) => ledger.onChange(listener),
      clock,
      report,
      requestStop: (runId) => requestStop(noting, runId, 'asked to on its page'),
    },
    { hosts: hostNames(host), access },
  );
  const server = createServer(limits, getRequestListener(app.fetch));
  server.maxConnections = maxConnections;
  try {
    await listen(server, host, port);
  } catch (error) {
    close();
    throw error;
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${inUrl(host)}:${bound}/${access === null ? '' : `?ticket=${access.ticket}`}`,
    close: () =>
      new Promise((resolve) => {
        close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program.`,
    EACCES: `Port ${port} on ${host} is not allowed for this user.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine.`,
  };
  const reason = reasons[error.code ?? ''];
  if (reason === undefined) return error;
  const help =
    error.code === 'EADDRNOTAVAIL'
      ? 'Leave out --host, or give an address of this machine'
      : `Give another one: --port ${port < 65_535 ? port + 1 : 4242}`;
  return new RunledgerError('web.port', reason, { help, cause: error });
}

function reportToTerminal(error: unknown): void {
  process.stderr.write(`A page failed: ${error instanceof Error ? error.message : String(error)}\n`);
}
