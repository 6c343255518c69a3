// The demonstration in a process and a ledger of its own, for benches that need both cores busy training.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Demonstration {
  url: string;
  /** True as long as it trains. */
  training(): boolean;
  close(): Promise<void>;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts it and waits until its address is printed and training has begun. */
export async function startDemonstration(): Promise<Demonstration> {
  const ledger = mkdtempSync(join(tmpdir(), 'runledger-demonstration-'));
  const port = await freePort();
  const main = join(import.meta.dirname, '../../app/cli/main.ts');
  const child = spawn(process.execPath, [main, '--ledger', ledger, 'demo', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  let done = false;
  const began = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output += chunk;
      if (/epoch 1\/2/.test(output)) resolve();
      if (/no conclusion/.test(output)) done = true;
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => {
      done = true;
      reject(new Error(`the demonstration ended:\n${output}`));
    });
  });
  await began;
  return {
    url: `http://127.0.0.1:${port}`,
    training: () => !done,
    async close() {
      child.kill('SIGINT');
      await exited;
      rmSync(ledger, { recursive: true });
    },
  };
}
