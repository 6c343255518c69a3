// Whole steps of presets, two threads, batch 64: as a share of the probe, and against PyTorch's best setting.

import { layersOf } from '../../parity/job.ts';
import type { Bench, Measurement } from '../bench.ts';
import { noPyTorch } from '../bench.ts';
import { benchSpec, engineContender } from '../contenders/engine.ts';
import { probeContender } from '../contenders/probe.ts';
import { inRounds, versus } from '../measure/rounds.ts';
import type { NetworkName } from '../networks.ts';
import { notMeasured, type Row, type Target } from '../report/row.ts';

interface Preset {
  network: NetworkName;
  /** Of the peak, in %. */
  share: Target | null;
  pytorch: Target | null;
}

const presets: readonly Preset[] = [
  { network: 'resnet8', share: { atLeast: 65 }, pytorch: null },
  { network: 'resnet20', share: { atLeast: 65 }, pytorch: null },
  { network: 'vggSmall', share: { atLeast: 65 }, pytorch: null },
  { network: 'mobilenetV2', share: null, pytorch: { atLeast: 2 } },
];

export const presetRows: readonly Measurement[] = presets.map(({ network, share, pytorch: aim }) => ({
  name: network,
  quickSeconds: 5,
  async measure({ pace, pytorch }: Bench): Promise<Row[]> {
    const ours = engineContender('Runledger, 2 threads', { network, threads: 2 });
    const probe = probeContender(2);
    const layers = layersOf(benchSpec({ network }, 1).network);
    const settings = pytorch?.settings({ network, layers, batch: 64, mode: 'train' }) ?? [];
    const rounds = await inRounds([ours, probe, ...settings], pace);
    const gflops = (rounds.median(ours) * ours.flopsPerSample) / 1e9;
    const peak = rounds.median(probe);
    const against = { id: `train.${network}.pytorch`, what: `${network}, batch 64`, target: aim };
    return [
      {
        id: `train.${network}`,
        what: `${network}, share of peak`,
        measured: { value: gflops, unit: 'GFLOP/s' },
        against: { value: peak, unit: 'GFLOP/s', name: probe.name },
        ratio: { value: (100 * gflops) / peak, unit: '%' },
        target: share,
        note: null,
        samples: rounds.samples([ours, probe]),
      },
      settings.length === 0 ? notMeasured(against.id, against.what, aim, noPyTorch) : versus(rounds, against, ours, settings),
    ];
  },
}));
