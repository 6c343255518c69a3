// The seed network's whole training step at batch 64: against PyTorch, against the machine's peak, and two threads against one.
import type { Bench, Measurement } from '../bench.ts';
import { noPyTorch } from '../bench.ts';
import { engineContender } from '../contenders/engine.ts';
import { probeContender } from '../contenders/probe.ts';
import type { PyTorch } from '../contenders/pytorch.ts';
import { inRounds, rate, versus } from '../measure/rounds.ts';
import type { Contender } from '../measure/sampling.ts';
import { notMeasured, type Row } from '../report/row.ts';

const task = { network: 'seed', batch: 64, mode: 'train' } as const;

export const training: Measurement = {
  name: 'training',
  quickSeconds: 16,
  async measure({ pace, pytorch, pytorchAvx2 }: Bench): Promise<Row[]> {
    const [probe1, probe2] = [probeContender(1), probeContender(2)];
    const one = engineContender('Runledger, 1 thread', { network: 'seed', threads: 1 });
    const two = engineContender('Runledger, 2 threads', { network: 'seed', threads: 2 });
    const settings = (of: PyTorch | null): Contender[] => of?.settings(task) ?? [];
    const [all, avx2] = [settings(pytorch), settings(pytorchAvx2)];
    const rounds = await inRounds([probe1, probe2, one, two, ...all, ...avx2], pace);

    const against = (id: string, what: string, atLeast: number, others: Contender[]): Row =>
      others.length === 0 ? notMeasured(id, what, { atLeast }, noPyTorch) : versus(rounds, { id, what, target: { atLeast } }, two, others);
    const gflops = (rounds.median(two) * two.flopsPerSample) / 1e9;
    const peak = rounds.median(probe2);
    const gain = rounds.median(two) / rounds.median(one);
    const probeGain = peak / rounds.median(probe1);
    return [
      against('train.pytorch', 'seed network, batch 64', 2, all),
      against('train.pytorchAvx2', 'the same, PyTorch held to AVX2', 2.3, avx2),
      {
        id: 'train.shareOfPeak',
        what: 'share of peak, both cores',
        measured: { value: gflops, unit: 'GFLOP/s' },
        against: { value: peak, unit: 'GFLOP/s', name: probe2.name },
        ratio: { value: (100 * gflops) / peak, unit: '%' },
        target: { atLeast: 70 },
        note: null,
        samples: rounds.samples([two, probe2]),
      },
      {
        id: 'train.twoThreads',
        what: 'two threads vs one, over the probe’s gain',
        measured: { value: gain, unit: 'x' },
        against: { value: probeGain, unit: 'x', name: 'probe' },
        ratio: { value: gain / probeGain, unit: 'x' },
        target: { atLeast: 0.93 },
        note: `${rate(rounds.median(one)).value.toFixed(0)} images/s on one thread`,
        samples: rounds.samples([one, two, probe1, probe2]),
      },
    ];
  },
};
