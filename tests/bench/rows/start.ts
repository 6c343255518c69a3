// From the start of the pinned Node to the end of the first step: `runledger train` on MNIST, with the page cache and the compile cache warm.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Bench, Measurement } from '../bench.ts';
import { summarize } from '../measure/statistics.ts';
import { temporaryFolder } from '../measure/temporary.ts';
import type { Row } from '../report/row.ts';

const root = join(import.meta.dirname, '../../..');
const compileCache = join(root, 'node_modules/.cache/compile');

/** Milliseconds; the run is ended after its first step. */
function firstStepMs(ledger: string): Promise<number> {
  const preload = new URL('../observed/preload.ts', import.meta.url).href;
  const args = ['--import', preload, 'app/cli/main.ts', '--ledger', ledger, 'train', 'recipes/mnist-simple-cnn.yaml', '--epochs', '1'];
  const start = performance.timeOrigin + performance.now();
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    let done: number | null = null;
    let asked = false;
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      const found = /first step at ([\d.]+)/.exec(said);
      if (found !== null) done ??= Number(found[1]) - start;
      // The run's head is printed once it is recorded: stopped earlier, the process would end without filling the compile cache.
      if (done === null || asked || !/ run\/[0-9a-f]/.test(said)) return;
      asked = true;
      child.kill('SIGINT');
    });
    child.on('error', reject);
    child.on('close', () => (done === null ? reject(new Error(`no first step:\n${said}`)) : resolve(done)));
  });
}

export const start: Measurement = {
  name: 'start',
  quickSeconds: 6,
  async measure({ quick }: Bench): Promise<Row[]> {
    const times: number[] = [];
    const rounds = quick ? 3 : 9;
    // The first fills the caches.
    for (let round = 0; round <= rounds; round++) {
      const ledger = temporaryFolder();
      try {
        const ms = await firstStepMs(ledger.path);
        if (round > 0) times.push(ms);
      } finally {
        ledger.remove();
      }
    }
    const summary = summarize(times, 'least');
    return [
      {
        id: 'start',
        what: 'from start of Node to the first step, warm',
        measured: { value: summary.median, unit: 'ms' },
        against: null,
        ratio: null,
        target: { atMost: 400 },
        note: 'runledger train recipes/mnist-simple-cnn.yaml, a new ledger each time; the first step is done',
        samples: { start: summary },
      },
    ];
  },
};
