// The seed network's training step against the JavaScript libraries that train in Node. They are hundreds of times slower, so each gives a
// few steps only.
import type { Bench, Measurement } from '../bench.ts';
import { engineContender } from '../contenders/engine.ts';
import { peerContender } from '../contenders/peer.ts';
import { inRounds, versus } from '../measure/rounds.ts';
import { installedVersion } from '../peers/install.ts';
import { notMeasured, type Row } from '../report/row.ts';

const target = { atLeast: 100 };

const libraries = [
  { id: 'train.jax', package: '@jax-js/jax', name: 'jax-js, SGD', program: 'jax.ts' },
  { id: 'train.tensorflow', package: '@tensorflow/tfjs', name: 'TensorFlow.js, CPU', program: 'tensorflow.ts' },
] as const;

export const peerRows: readonly Measurement[] = libraries.map(({ id, package: wanted, name, program }) => ({
  name: id.replace('train.', ''),
  quickSeconds: 60,
  async measure({ pace }: Bench): Promise<Row[]> {
    const what = `seed network, batch 64, against ${name.split(',')[0]}`;
    if (installedVersion(wanted) === null) return [notMeasured(id, what, target, `no ${wanted}: install it with --peers`)];
    const ours = engineContender('Runledger, 2 threads', { network: 'seed', threads: 2 });
    const theirs = peerContender({ name, program, batch: 64, threads: 1 });
    // One step lasts seconds.
    return [versus(await inRounds([ours, theirs], { ...pace, rounds: 3 }), { id, what, target }, ours, [theirs])];
  },
}));
