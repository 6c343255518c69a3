// How long pages take: half and nineteen of twenty answers of `GET /` and its neighbours, one request after another. Numbers for
// people, never assertions. `node tests/bench/pages.ts http://127.0.0.1:4242/` asks a running server (start it, let the
// demonstration train on all cores, then measure); without an address it serves a small ledger itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../app/ledger/index.ts';
import { startServer } from '../../app/web/server.ts';
import { countingIds, simulateRun, steadyClock } from '../app/web/simulation.ts';

export interface PageTimes {
  path: string;
  requests: number;
  bytes: number;
  /** Milliseconds until the whole page is there. */
  p50: number;
  p95: number;
}

/** Asks each path `requests` times, 20 ms apart, after five answers that do not count. */
export async function measurePages(url: string, paths: readonly string[] = ['/'], requests = 200): Promise<PageTimes[]> {
  const times: PageTimes[] = [];
  for (const path of paths) {
    const milliseconds: number[] = [];
    let bytes = 0;
    for (let i = -5; i < requests; i++) {
      const started = performance.now();
      const response = await fetch(new URL(path, url));
      bytes = (await response.arrayBuffer()).byteLength;
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      if (i >= 0) milliseconds.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    milliseconds.sort((a, b) => a - b);
    const at = (share: number) => milliseconds[Math.min(requests - 1, Math.ceil(share * requests) - 1)]!;
    times.push({ path, requests, bytes, p50: at(0.5), p95: at(0.95) });
  }
  return times;
}

/** The demonstration's four runs without training, served in this process. */
async function serveSmallLedger(): Promise<{ url: string; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-bench-'));
  const ledger = await openLedger(folder, { write: true });
  const clock = steadyClock();
  const newId = countingIds();
  for (const seed of [1, 2])
    for (const batchNorm of [true, false]) {
      const run = await simulateRun(ledger, clock, newId, {
        seed,
        batchNorm,
        name: `mnist-simple-cnn · batchNorm ${batchNorm ? 'on' : 'off'} · seed ${seed}`,
      });
      await run.start();
      await run.epoch();
    }
  const server = await startServer({ ledger, host: '127.0.0.1', port: 0, clock });
  return {
    url: server.url,
    async close() {
      await server.close();
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Prints a line a path. */
export async function benchPages(url: string | undefined): Promise<void> {
  const own = url === undefined ? await serveSmallLedger() : null;
  try {
    for (const { path, requests, bytes, p50, p95 } of await measurePages(url ?? own!.url, ['/', '/sql', '/ablations']))
      console.log(
        `GET ${path.padEnd(11)} ${requests} requests, ${(bytes / 1000).toFixed(0).padStart(4)} kB   p50 ${p50.toFixed(1)} ms   p95 ${p95.toFixed(1)} ms`,
      );
  } finally {
    await own?.close();
  }
}

if (import.meta.main) await benchPages(process.argv[2]);
