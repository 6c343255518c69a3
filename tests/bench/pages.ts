// How long pages take: half and nineteen of twenty answers of `GET /` and its neighbours, one request after another.
// Numbers for people, never assertions.
import { startDemonstration } from './demonstration.ts';

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

/** Prints a line a path, while the demonstration trains in a process of its own. */
export async function benchPages(): Promise<void> {
  const demonstration = await startDemonstration();
  try {
    for (const { path, requests, bytes, p50, p95 } of await measurePages(demonstration.url, ['/', '/sql', '/ablations']))
      console.log(
        `GET ${path.padEnd(11)} ${requests} requests, ${(bytes / 1000).toFixed(0).padStart(4)} kB   p50 ${p50.toFixed(1)} ms   p95 ${p95.toFixed(1)} ms`,
      );
    console.log(
      demonstration.training() ? 'The demonstration trained all the while.' : 'The demonstration ended before the measurement did.',
    );
  } finally {
    await demonstration.close();
  }
}
