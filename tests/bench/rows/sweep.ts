// A sweep of eight equal trials: two side by side, against one at a time on one thread; real runs in a real ledger.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { readSweepFile } from '../../../app/sweeps/file.ts';
import { planSweep } from '../../../app/sweeps/plan.ts';
import { runSweep } from '../../../app/sweeps/run.ts';
import type { DataSet } from '../../../trainer/index.ts';
import type { Bench, Measurement } from '../bench.ts';
import { probeContender } from '../contenders/probe.ts';
import { inRounds } from '../measure/rounds.ts';
import { summarize } from '../measure/statistics.ts';
import { temporaryFolder } from '../measure/temporary.ts';
import { benchRecipe, randomDataSet, shapes } from '../networks.ts';
import type { Row } from '../report/row.ts';

const silent = { onTrials() {}, onFact() {}, onProgress() {}, onHeldUp() {}, onEnd() {} };

/** Seconds of eight trials in a new ledger. */
async function sweepSeconds(dataset: DataSet, train: number, validation: number, workers: number): Promise<number> {
  const folder = temporaryFolder();
  const file = join(folder.path, 'eight.json');
  writeFileSync(file, JSON.stringify({ recipe: benchRecipe({ network: 'seed', train, validation }), seeds: [1, 2, 3, 4, 5, 6, 7, 8] }));
  const plan = await planSweep(readSweepFile(file), async () => dataset);
  const ledger = await openLedger(join(folder.path, 'ledger'), { write: true });
  const host = createRecordingHost(ledger, Date.now);
  try {
    const start = performance.now();
    const signal = new AbortController().signal;
    const outcome = await runSweep(host, plan, { workers, threads: 1, signal, observer: silent });
    if (outcome.completed !== 8) throw new Error(`${outcome.completed} of 8 trials completed`);
    return (performance.now() - start) / 1000;
  } finally {
    await host.workers.close();
    await ledger.close();
    folder.remove();
  }
}

export const sweep: Measurement = {
  name: 'sweep',
  quickSeconds: 14,
  async measure({ quick, pace }: Bench): Promise<Row[]> {
    const train = quick ? 3_200 : 19_200;
    const validation = train / 8;
    const dataset = randomDataSet(shapes.cifar10, train + validation);
    const [two, one]: [number[], number[]] = [[], []];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      two.push(await sweepSeconds(dataset, train, validation, 2));
      one.push(await sweepSeconds(dataset, train, validation, 1));
    }
    const probes = [probeContender(1), probeContender(2)] as const;
    const rounds = await inRounds(probes, pace);
    const probeGain = rounds.median(probes[1]) / rounds.median(probes[0]);
    const [together, inTurn] = [summarize(two, 'least'), summarize(one, 'least')];
    const gain = inTurn.median / together.median;
    return [
      {
        id: 'sweep',
        what: 'sweep of 8 on two cores, over the probe’s gain',
        measured: { value: gain, unit: 'x' },
        against: { value: probeGain, unit: 'x', name: 'probe' },
        ratio: { value: gain / probeGain, unit: 'x' },
        target: { atLeast: 0.95 },
        note: `${together.median.toFixed(1)} s two side by side, ${inTurn.median.toFixed(1)} s one at a time`,
        samples: { 'two side by side, s': together, 'one at a time, s': inTurn, ...rounds.samples(probes) },
      },
    ];
  },
};
