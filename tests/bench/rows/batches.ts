// Other batch sizes, and the MNIST network, against PyTorch's best setting.
import { type Bench, type Measurement, noPyTorch } from '../bench.ts';
import { engineContender } from '../contenders/engine.ts';
import { inRounds, versus } from '../measure/rounds.ts';
import { notMeasured, type Row } from '../report/row.ts';

const cases = [
  { id: 'train.batch16', what: 'seed network, batch 16', network: 'seed', batch: 16, target: { atLeast: 3 } },
  { id: 'train.batch256', what: 'seed network, batch 256', network: 'seed', batch: 256, target: { atLeast: 1.8 } },
  { id: 'train.mnist', what: 'MNIST network, batch 64', network: 'mnist', batch: 64, target: { atLeast: 3 } },
] as const;

export const batches: readonly Measurement[] = cases.map(({ id, what, network, batch, target }) => ({
  name: id.replace('train.', ''),
  quickSeconds: 5,
  async measure({ pace, pytorch }: Bench): Promise<Row[]> {
    if (pytorch === null) return [notMeasured(id, what, target, noPyTorch)];
    const ours = engineContender('Runledger, 2 threads', { network, batch, threads: 2 });
    const settings = pytorch.settings({ network, batch, mode: 'train' });
    return [versus(await inRounds([ours, ...settings], pace), { id, what, target }, ours, settings)];
  },
}));
