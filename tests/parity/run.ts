// Six networks trained here and in PyTorch from the same initial values, on the same images in the same order, ten seeds each: paired differences
// in final test accuracy. `node app/launch.js --program tests/parity/run.ts <python with torch> [seeds]` prints the table of docs/results.md
// and keeps every pair in docs/benchmarks/parity.json; pairs that stand there already are not trained again.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import quantile from '@stdlib/stats-base-dists-t-quantile';
import { summarize } from '../../app/ablations/analysis.ts';
import { loadDataSet } from '../../app/datasets/index.ts';
import { canonicalJson, type DataSet, type Recipe, RunledgerError, train } from '../../trainer/index.ts';
import { writeImages, writeJob } from './job.ts';
import { networks, parityRecipe, seeds } from './networks.ts';

interface Pair {
  network: string;
  seed: number;
  /** The whole recipe: a pair of another one does not count. */
  recipe: string;
  /** Test accuracy after the last epoch, a share. */
  ours: number;
  pytorch: number;
  /** Training loss of every epoch. */
  ourLosses: number[];
  pytorchLosses: number[];
}

const record = join(import.meta.dirname, '../../docs/benchmarks/parity.json');
const [python, count] = process.argv.slice(2);
if (python === undefined) throw new Error('give an interpreter with torch==2.13.0 (docs/benchmarks/README.md)');
const asked = seeds.slice(0, count === undefined ? seeds.length : Number(count));
const pairs: Pair[] = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as Pair[]) : [];

const dataset = await loadDataSet('cifar10');
const folder = mkdtempSync(join(tmpdir(), 'runledger-parity-'));
try {
  writeImages(folder, parityRecipe(Object.keys(networks)[0]!, 1), dataset);
  for (const seed of asked) for (const network of Object.keys(networks)) await pairOf(network, seed);
} finally {
  rmSync(folder, { recursive: true });
}
for (const line of table()) console.log(line);

async function pairOf(network: string, seed: number): Promise<void> {
  const recipe = parityRecipe(network, seed);
  const written = canonicalJson(recipe);
  if (pairs.some((pair) => pair.network === network && pair.recipe === written)) return;
  const ours = await trainHere(recipe, dataset);
  writeJob(folder, recipe, dataset);
  const output = execFileSync(python!, [join(import.meta.dirname, 'train.py'), folder, folder], { encoding: 'utf8' });
  const theirs = JSON.parse(output) as { accuracy: number; losses: number[] };
  pairs.push({
    ...{ network, seed, recipe: written, ours: ours.accuracy, pytorch: theirs.accuracy },
    ...{ ourLosses: ours.losses, pytorchLosses: theirs.losses },
  });
  writeFileSync(record, `${JSON.stringify(pairs, null, 1)}\n`);
  console.error(`${network}, seed ${seed}: ${percent(ours.accuracy)} here, ${percent(theirs.accuracy)} in PyTorch`);
}

async function trainHere(recipe: Recipe, data: DataSet): Promise<{ accuracy: number; losses: number[] }> {
  const losses: number[] = [];
  for await (const fact of train(recipe, data, { clock: () => performance.now(), version: 'parity', threads: 2 })) {
    if (fact.type === 'EpochMeasured') losses.push(fact.data.train.loss);
    if (fact.type === 'RunCompleted') return { accuracy: fact.data.final.test.accuracy, losses };
    if (fact.type === 'RunFailed') throw new RunledgerError(fact.data.code, fact.data.message);
  }
  throw new Error('the run had no end');
}

/** 95 % over six networks together: 99.17 % each (Bonferroni). */
function table(): string[] {
  const rows = Object.keys(networks).map((network) => {
    const own = asked.flatMap((seed) => {
      const written = canonicalJson(parityRecipe(network, seed));
      return pairs.filter((pair) => pair.network === network && pair.recipe === written);
    });
    const difference = summarize(own.map(({ ours, pytorch }) => 100 * (ours - pytorch)));
    const half = (quantile(1 - 0.05 / 6 / 2, difference.n - 1) * (difference.sd ?? Number.NaN)) / Math.sqrt(difference.n);
    const mean = (of: 'ours' | 'pytorch') => percent(summarize(own.map((pair) => pair[of])).mean);
    return { network, n: own.length, ours: mean('ours'), pytorch: mean('pytorch'), difference: difference.mean, half };
  });
  const overall = rows.reduce((sum, { difference }) => sum + difference, 0) / rows.length;
  return [
    '| network | seeds | here, % | PyTorch, % | difference, points | 99.17 % interval | half-width | contains zero |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ network, n, ours, pytorch, difference, half }) =>
        `| ${network} | ${n} | ${ours} | ${pytorch} | ${signed(difference)} | ${signed(difference - half)} to ${signed(difference + half)} | ${half.toFixed(2)} | ${Math.abs(difference) <= half ? 'yes' : 'no'} |`,
    ),
    `| mean of the networks | | | | ${signed(overall)} | | | |`,
  ];
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}

function signed(points: number): string {
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;
}
