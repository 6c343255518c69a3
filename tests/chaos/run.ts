// `npm run chaos`: large counts of everything that may happen to a ledger. This file only wires; kinds.ts lists what is done.

import type { Kind } from './kind.ts';
import { kinds } from './kinds.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { type Report, runCases } from './pool.ts';

async function run(options: Options): Promise<boolean> {
  if (options.only === 'list') {
    for (const { name, what, counts } of kinds) console.log(`${name.padEnd(12)}${String(counts.chaos).padStart(7)}  ${what}`);
    return true;
  }
  const chosen = kinds.filter(({ name }) => options.only === null || name === options.only);
  if (chosen.length === 0) throw new TypeError(`there is no kind '${options.only}': ${kinds.map(({ name }) => name).join(', ')}`);
  const reports = new Map<string, Report>();
  for (const kind of chosen) reports.set(kind.name, await runKind(kind, options));
  if (options.json) console.log(JSON.stringify(summary(reports)));
  return [...reports.values()].every(({ failures }) => failures.length === 0);
}

async function runKind({ name, counts, unable }: Kind, { seed: first, count, jobs }: Options): Promise<Report> {
  const reason = unable?.() ?? null;
  if (reason !== null) {
    console.log(`skipped  ${name.padEnd(12)}${reason}`);
    return { cases: 0, failures: [], outcomes: [] };
  }
  const started = performance.now();
  const report = await runCases(name, { first, count: count ?? counts.chaos, jobs }, (failure) => {
    if (failure === null) return;
    console.log(`✗ ${name}, seed ${failure.seed}: ${failure.error}`);
    console.log(`  again  npm run chaos -- --only ${name} --seed ${failure.seed} --count 1`);
  });
  const { cases, failures } = report;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${failures.length === 0 ? '✓' : '✗'} ${name.padEnd(12)}${cases} cases, ${failures.length} failed  ${seconds} s`);
  return report;
}

/** Kills at the top level; the other kinds by name. */
function summary(reports: ReadonlyMap<string, Report>): object {
  const cases = Object.fromEntries([...reports].map(([name, { cases, failures }]) => [name, { cases, failed: failures.length }]));
  const killed = reports.get('kills');
  if (killed === undefined) return { cases };
  const { outcomes, failures } = killed;
  return {
    kills: killed.cases,
    lostEvents: outcomes.reduce((sum, { lostEvents }) => sum + lostEvents, 0),
    identicalWeights: failures.length === 0 && outcomes.every(({ identicalWeights }) => identicalWeights),
    ...(reports.size > 1 ? { cases } : {}),
  };
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  process.exit(options.help || (await run(options)) ? 0 : 1);
} catch (error) {
  console.error(`error  ${error instanceof Error ? error.message : error}`);
  console.error('help  npm run chaos -- --help');
  process.exit(1);
}
