// The seed network's whole training step at batch 64: against PyTorch, against the machine's peak, and two threads against one.
import { type Bench, type Measurement, noPyTorch } from '../bench.ts';
import { engineContender } from '../contenders/engine.ts';
import { probeContender } from '../contenders/probe.ts';
import { inRounds, rate, versus } from '../measure/rounds.ts';
import { notMeasured, type Row } from '../report/row.ts';
import { quantity } from '../report/table.ts';

const task = { network: 'seed', batch: 64, mode: 'train' } as const;
const what = { pytorch: 'seed network, batch 64', avx2: 'the same, PyTorch held to AVX2' };

export const training: Measurement = {
  name: 'training',
  quickSeconds: 0,
  async measure({ pace, pytorch }: Bench): Promise<Row[]> {
    const [probe1, probe2] = [probeContender(1), probeContender(2)];
    const one = engineContender('Runledger, 1 thread', { network: 'seed', threads: 1 });
    const two = engineContender('Runledger, 2 threads', { network: 'seed', threads: 2 });
    const settings = pytorch?.settings(task) ?? [];
    const rounds = await inRounds([probe1, probe2, one, two, ...settings], pace);
    const id = 'train.pytorch';
    const target = { atLeast: 2 };
    const gflops = (rounds.median(two) * two.flopsPerSample) / 1e9;
    const peak = rounds.median(probe2);
    const gain = rounds.median(two) / rounds.median(one);
    const probeGain = peak / rounds.median(probe1);
    return [
      settings.length === 0
        ? notMeasured(id, what.pytorch, target, noPyTorch)
        : versus(rounds, { id, what: what.pytorch, target }, two, settings),
      {
        id: 'train.shareOfPeak',
        what: 'share of peak, both cores',
        measured: { value: gflops, unit: 'GFLOP/s' },
        against: { value: peak, unit: 'GFLOP/s', name: probe2.name },
        ratio: { value: (100 * gflops) / peak, unit: '%' },
        target: { atLeast: 70 },
        note: quantity(rate(rounds.median(two))),
        samples: rounds.samples([two, probe2]),
      },
      {
        id: 'train.twoThreads',
        what: 'two threads vs one, over the probe’s gain',
        measured: { value: gain, unit: 'x' },
        against: { value: probeGain, unit: 'x', name: 'probe' },
        ratio: { value: gain / probeGain, unit: 'x' },
        target: { atLeast: 0.93 },
        note: `${quantity(rate(rounds.median(one)))} on one thread`,
        samples: rounds.samples([one, two, probe1, probe2]),
      },
    ];
  },
};

export const trainingAvx2: Measurement = {
  name: 'trainingAvx2',
  quickSeconds: 8,
  async measure({ pace, pytorchAvx2 }: Bench): Promise<Row[]> {
    const id = 'train.pytorchAvx2';
    const target = { atLeast: 2.3 };
    if (pytorchAvx2 === null) return [notMeasured(id, what.avx2, target, noPyTorch)];
    const two = engineContender('Runledger, 2 threads', { network: 'seed', threads: 2 });
    const settings = pytorchAvx2.settings(task);
    return [versus(await inRounds([two, ...settings], pace), { id, what: what.avx2, target }, two, settings)];
  },
};
