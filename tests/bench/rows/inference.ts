// Inference, one image at a time and 256 at once: against PyTorch's best setting, and ONNX Runtime beside it. Both sides may choose
// between one thread and two. Ours gathers bytes, normalises them and computes the loss as well.
import { type Bench, type Measurement, noPyTorch } from '../bench.ts';
import { engineContender } from '../contenders/engine.ts';
import { peerContender } from '../contenders/peer.ts';
import { inRounds, versus } from '../measure/rounds.ts';
import { installedVersion } from '../peers/install.ts';
import { notMeasured, type Row } from '../report/row.ts';

const cases = [
  { batch: 1, target: { atLeast: 1 } },
  { batch: 256, target: { atLeast: 1.3 } },
] as const;

export const inference: readonly Measurement[] = cases.map(({ batch, target }) => ({
  name: `inference${batch}`,
  quickSeconds: 4,
  async measure({ pace, pytorch }: Bench): Promise<Row[]> {
    const id = `inference.batch${batch}`;
    const what = `inference, batch ${batch}`;
    const information = { id: `${id}.onnx`, what: `${what}, for information`, target: null };
    const settings = pytorch?.settings({ network: 'seed', batch, mode: 'evaluate' }) ?? [];
    const onThreads = (threads: number, of: string) => `${of}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    const onnx = (installedVersion('onnxruntime-node') === null ? [] : [1, 2]).map((threads) =>
      peerContender({ name: onThreads(threads, 'ONNX Runtime'), program: 'onnx.ts', batch, threads }),
    );
    const ours = [1, 2].map((threads) =>
      engineContender(onThreads(threads, 'Runledger'), { network: 'seed', batch, mode: 'evaluate', threads }),
    );
    const rounds = await inRounds([...ours, ...settings, ...onnx], pace);
    const best = rounds.fastest(ours);
    return [
      settings.length === 0 ? notMeasured(id, what, target, noPyTorch) : versus(rounds, { id, what, target }, best, settings),
      onnx.length === 0
        ? notMeasured(information.id, information.what, null, 'no onnxruntime-node: install it with --peers')
        : versus(rounds, information, best, onnx),
    ];
  },
}));
