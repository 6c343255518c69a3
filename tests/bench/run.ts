// `npm run bench`: everything the project says about its speed, measured on this machine in one run, so that ratios hold.
// Figures for people, never tests: machines are shared and noisy. This file only wires; `--help` says what may be asked.
import { join, relative } from 'node:path';
import { benchLayer } from './layers.ts';
import { parseOptions, usage } from './options.ts';
import { benchPages } from './pages.ts';
import { figures } from './report/figures.ts';
import { appendEntry } from './report/store.ts';
import { printTable } from './report/table.ts';
import { ledgerMeasurements, measurements, measureTable } from './table.ts';

const root = join(import.meta.dirname, '../..');

async function run(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(usage);
  if (options.pages) return benchPages();
  if (options.layer !== null) return benchLayer(options.layer);
  if (options.only === 'list') return console.log((options.ledger ? ledgerMeasurements : measurements).map(({ name }) => name).join('\n'));

  const measured = await measureTable(options, (text) => console.error(text));
  for (const line of printTable(measured.rows)) console.log(line);
  if (!options.quick && options.only === null)
    console.log(`\nkept in ${relative(root, appendEntry(join(root, 'docs/benchmarks'), measured))}`);
  if (options.json) console.log(JSON.stringify({ ...figures(measured.rows), ...measured }));
}

// What is waited for may happen in threads that keep no process alive.
setInterval(() => {}, 60_000);
// Folders and processes go with the process, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  await run();
  process.exit(0);
} catch (error) {
  console.error(`error  ${error instanceof Error ? error.message : error}`);
  console.error('help  npm run bench -- --help');
  process.exit(1);
}
