// Makes the README's picture of a replay that differs: a run is trained, one bit of one batch-norm value is turned in its record, and what
// `runledger replay` then says is shown as a terminal shows it. `node app/launch.js --program tests/pictures/replay.ts`
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { html, raw } from '../../views/html.ts';
import { alterEvent } from '../app/ledger/altered.ts';
import { launch, openPage } from '../browser/chromium.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'app/launch.js');
const ledger = mkdtempSync(join(tmpdir(), 'runledger-picture-'));
try {
  await picture(said());
} finally {
  rmSync(ledger, { recursive: true });
}

/** What the command prints, with its colours. */
function said(): string {
  runledger('train', join(root, 'recipes/mnist-simple-cnn.yaml'), '--seed', '1', '--name', 'mnist');
  const [run] = JSON.parse(runledger('sql', 'select run_id from v1_runs', '--format', 'json')) as { run_id: string }[];
  alterEvent(join(ledger, 'ledger.db'), { runId: run!.run_id, type: 'BatchNormMeasured', epoch: 2 }, (row) => {
    const { arrays } = JSON.parse(row.data) as { arrays: Record<string, { offset: number }> };
    const at = 4 * (arrays['batchNorm2d.1/runningVariance']!.offset + 3);
    row.arrays!.writeUInt32LE(row.arrays!.readUInt32LE(at) ^ 1, at);
  });
  // It ends with exit 1, as a difference must.
  return spawnSync(process.execPath, [launcher, '--ledger', ledger, 'replay', 'mnist', '--color', 'always'], { encoding: 'utf8' }).stdout;
}

function runledger(...args: string[]): string {
  return execFileSync(process.execPath, [launcher, '--ledger', ledger, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

async function picture(text: string): Promise<void> {
  const browser = await launch();
  const { page, complaints } = await openPage(browser, { viewport: { width: 900, height: 400 }, deviceScaleFactor: 1.5 });
  await page.setContent(terminal(`$ runledger replay mnist\n${text}`));
  await page.locator('pre').screenshot({ path: join(root, 'docs/pictures/replay-differs.png') });
  await browser.close();
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}

/** The styles of app/cli/terminal/paint.ts, which never nest, as spans. */
function terminal(text: string): string {
  const [first, ...rest] = html`${text.trimEnd()}`.toString().split('\u001b[');
  const styled = rest.map((part) =>
    part.replace(/^(\d+)m/, (_, code: string) => (code === '22' || code === '39' ? '</span>' : `<span class="sgr${code}">`)),
  );
  return html`<style>
    pre { width: max-content; margin: 0; padding: 20px 24px; background: #1f1d1b; color: #ece8e0; font: 14px/1.5 "DejaVu Sans Mono", monospace; }
    .sgr1 { font-weight: bold; color: #fff } .sgr2 { color: #a69f93 } .sgr31 { color: #ff8a7a } .sgr32 { color: #7fce8f }
    .sgr33 { color: #e8c26a } .sgr34 { color: #84b6ff }
  </style><pre>${raw(first + styled.join(''))}</pre>`.toString();
}
