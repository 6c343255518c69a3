// A program: ONNX Runtime infers the seed network (servePeer).

import { seedOnnx } from './seedOnnx.ts';
import { noise, peerPackage, servePeer } from './serve.ts';

interface OnnxRuntime {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: { intraOpNumThreads: number; interOpNumThreads: number },
    ): Promise<{ run(feeds: Record<string, unknown>): Promise<unknown> }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}

const { InferenceSession, Tensor } = peerPackage<OnnxRuntime>('onnxruntime-node');

await servePeer(async ({ batch, threads }) => {
  const session = await InferenceSession.create(seedOnnx(batch), { intraOpNumThreads: threads, interOpNumThreads: 1 });
  const x = new Tensor('float32', noise(batch * 3 * 32 * 32), [batch, 3, 32, 32]);
  return () => session.run({ x });
});
