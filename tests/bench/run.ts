// `npm run bench`: images a second of the engine; `-- --pages`: how long pages take while the demonstration trains on all cores.
// Numbers for people, never tests: machines are shared and noisy. Everything is measured in one run, so that ratios hold.
import { parseArgs } from 'node:util';
import { startDemonstration } from './demonstration.ts';
import { benchEngine } from './engine.ts';
import { benchPages } from './pages.ts';

const usage = `npm run bench [-- options]
  --engine            images a second, training and evaluation (the default)
  --threads <n>       of the engine (default 1)
  --seconds <n>       a measurement (default 3)
  --pages             GET / and its neighbours while the demonstration trains`;

const { values } = parseArgs({
  options: {
    engine: { type: 'boolean' },
    pages: { type: 'boolean' },
    threads: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  console.log(usage);
} else {
  if (values.engine || !values.pages) benchEngine({ threads: Number(values.threads), seconds: Number(values.seconds) });
  if (values.pages) {
    const demonstration = await startDemonstration();
    try {
      await benchPages(demonstration.url);
      console.log(
        demonstration.training() ? 'The demonstration trained all the while.' : 'The demonstration ended before the measurement did.',
      );
    } finally {
      await demonstration.close();
    }
  }
}
