// A program: records a run of the seed network at batch 64 and prints what memory the process took, data set and arena in JSON.
import { openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { recordRun } from '../../../app/runs/record.ts';
import { planProgram } from '../../../trainer/kernels/program.ts';
import { chooseTarget } from '../../../trainer/kernels/selfTest.ts';
import { prepare } from '../../../trainer/prepare.ts';
import { temporaryFolder } from '../measure/temporary.ts';
import { benchRecipe, randomDataSet, shapes } from '../networks.ts';

export interface MemoryUse {
  arenaBytes: number;
  dataSetBytes: number;
  /** Most that was resident at any time. */
  peakBytes: number;
}

const [threads, train, validation] = [2, 9600, 1280];
const recipe = benchRecipe({ network: 'seed', train, validation, epochs: 2 });
const dataset = randomDataSet(shapes.cifar10, train + validation, 640);
const folder = temporaryFolder();
const ledger = await openLedger(folder.path, { write: true });
try {
  const request = { recipe, name: null, tags: [], sweep: null };
  const { ending } = await recordRun(createRecordingHost(ledger, Date.now), request, dataset, {
    threads,
    signal: new AbortController().signal,
  });
  if (ending.type !== 'RunCompleted') throw new Error(JSON.stringify(ending.data));
} finally {
  await ledger.close();
  folder.remove();
}
const peakBytes = process.resourceUsage().maxRSS * 1024;
const options = { target: chooseTarget(recipe.arithmetic), merge: true, threads };
const use: MemoryUse = {
  arenaBytes: planProgram(prepare(recipe, dataset).engineSpec(threads), options, 0).arena.createMemory().buffer.byteLength,
  dataSetBytes: [dataset.train, dataset.test].reduce((sum, { images, labels }) => sum + images.byteLength + labels.byteLength, 0),
  peakBytes,
};
console.log(JSON.stringify(use));
