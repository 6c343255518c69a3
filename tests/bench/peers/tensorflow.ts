// A program: TensorFlow.js trains the seed network (servePeer) on its CPU backend, the only one in Node without a native addon that can
// train a convolution.
import { noise, peerPackage, servePeer } from './serve.ts';

type LayerFactory = (options: Record<string, unknown>) => unknown;

interface TensorFlow {
  setBackend(name: 'cpu'): Promise<boolean>;
  sequential(options: { layers: unknown[] }): {
    compile(options: { optimizer: unknown; loss: string }): void;
    trainOnBatch(x: unknown, y: unknown): Promise<unknown>;
  };
  layers: Record<'conv2d' | 'batchNormalization' | 'reLU' | 'maxPooling2d' | 'flatten' | 'dense' | 'dropout', LayerFactory>;
  train: { adam(learningRate: number): unknown };
  tensor(values: Float32Array, shape: readonly number[]): unknown;
}

const tf = peerPackage<TensorFlow>('@tensorflow/tfjs');
const { conv2d, batchNormalization, reLU, maxPooling2d, flatten, dense, dropout } = tf.layers;

const stage = (filters: number, first: boolean) => [
  conv2d({ filters, kernelSize: 3, padding: 'same', ...(first ? { inputShape: [32, 32, 3] } : {}) }),
  batchNormalization({ epsilon: 1e-5 }),
  reLU({}),
  maxPooling2d({ poolSize: 2 }),
];

await tf.setBackend('cpu');
await servePeer(({ batch }) => {
  const head = [flatten({}), dense({ units: 128 }), dropout({ rate: 0.5 }), dense({ units: 10, activation: 'softmax' })];
  const model = tf.sequential({ layers: [...stage(16, true), ...stage(32, false), ...head] });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' });
  const x = tf.tensor(noise(batch * 32 * 32 * 3), [batch, 32, 32, 3]);
  const labels = Float32Array.from({ length: batch * 10 }, (_, i) => (i % 10 === Math.floor(i / 10) % 10 ? 1 : 0));
  const y = tf.tensor(labels, [batch, 10]);
  return () => model.trainOnBatch(x, y);
});
