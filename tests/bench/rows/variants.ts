// Networks that the fast path was not made for, as a share of the probe.
import { RunledgerError } from '../../../trainer/index.ts';
import type { Bench, Measurement } from '../bench.ts';
import { type EngineContender, engineContender } from '../contenders/engine.ts';
import { probeContender } from '../contenders/probe.ts';
import { inRounds } from '../measure/rounds.ts';
import type { NetworkName } from '../networks.ts';
import { notMeasured, type Row } from '../report/row.ts';

const target = { atLeast: 60 };

const variants: readonly (readonly [NetworkName, string])[] = [
  ['noBatchNorm', 'without batch norm, share of peak'],
  ['averagePooling', 'with average pooling, share of peak'],
  ['gelu', 'with GELU, share of peak'],
  ['residual', 'with a residual block, share of peak'],
];

/** Why a recipe cannot be trained, in one line. */
const reason = (error: RunledgerError): string => `not there yet: ${error.message}`;

export const variantRows: readonly Measurement[] = variants.map(([network, what]) => ({
  name: network,
  quickSeconds: 2,
  async measure({ pace }: Bench): Promise<Row[]> {
    const id = `train.${network}`;
    let ours: EngineContender;
    try {
      ours = engineContender('Runledger, 2 threads', { network, threads: 2 });
    } catch (error) {
      if (!(error instanceof RunledgerError)) throw error;
      return [notMeasured(id, what, target, reason(error))];
    }
    const probe = probeContender(2);
    const rounds = await inRounds([ours, probe], pace);
    const gflops = (rounds.median(ours) * ours.flopsPerSample) / 1e9;
    const peak = rounds.median(probe);
    return [
      {
        id,
        what,
        measured: { value: gflops, unit: 'GFLOP/s' },
        against: { value: peak, unit: 'GFLOP/s', name: probe.name },
        ratio: { value: (100 * gflops) / peak, unit: '%' },
        target,
        note: null,
        samples: rounds.samples([ours, probe]),
      },
    ];
  },
}));
