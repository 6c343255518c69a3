// A program: jax-js trains the seed network (servePeer). Its CPU backend is WebAssembly on one thread. Lenient: plain SGD for Adam, no
// dropout, no running statistics.
import { noise, peerPackage, servePeer } from './serve.ts';

// Arrays are counted by hand: `ref` keeps one for another use.
interface Tensor {
  readonly ref: Tensor;
  add(other: Tensor | number): Tensor;
  sub(other: Tensor | number): Tensor;
  mul(other: Tensor | number): Tensor;
  div(other: Tensor | number): Tensor;
  reshape(shape: readonly number[]): Tensor;
}

type Parameters = { [name: string]: Tensor };

interface Jax {
  init(device: 'wasm'): Promise<unknown>;
  defaultDevice(device: 'wasm'): void;
  jit<F>(run: F): F;
  valueAndGrad(
    loss: (parameters: Parameters, x: Tensor, y: Tensor) => Tensor,
  ): (parameters: Parameters, x: Tensor, y: Tensor) => [Tensor, Parameters];
  blockUntilReady(tree: unknown): Promise<unknown>;
  lax: { conv(x: Tensor, w: Tensor, strides: number[], padding: string): Tensor };
  nn: { relu(x: Tensor): Tensor; logSoftmax(x: Tensor): Tensor };
  numpy: {
    array(values: Float32Array): Tensor;
    mean(x: Tensor, axis: number[], options: { keepdims: true }): Tensor;
    sum(x: Tensor): Tensor;
    max(x: Tensor, axis: number[]): Tensor;
    sqrt(x: Tensor): Tensor;
    matmul(x: Tensor, w: Tensor): Tensor;
  };
}

const jax = peerPackage<Jax>('@jax-js/jax');
const { numpy: np, lax, nn } = jax;

const random = (...shape: number[]): Tensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return np.array(noise(count).map((value) => value / 16)).reshape(shape);
};

function initialParameters(): Parameters {
  const stage = (i: number, inputs: number, outputs: number): Parameters => ({
    [`w${i}`]: random(outputs, inputs, 3, 3),
    [`b${i}`]: random(1, outputs, 1, 1),
    [`gamma${i}`]: random(1, outputs, 1, 1),
    [`beta${i}`]: random(1, outputs, 1, 1),
  });
  return { ...stage(1, 3, 16), ...stage(2, 16, 32), w3: random(2048, 128), b3: random(128), w4: random(128, 10), b4: random(10) };
}

/** Convolution, batch norm, ReLU, 2 × 2 maxima. */
function stage(p: Parameters, i: number, x: Tensor, [batch, channels, size]: readonly [number, number, number]): Tensor {
  const y = lax.conv(x, p[`w${i}`]!, [1, 1], 'SAME').add(p[`b${i}`]!);
  const centred = y.ref.sub(np.mean(y, [0, 2, 3], { keepdims: true }));
  const deviation = np.sqrt(np.mean(centred.ref.mul(centred.ref), [0, 2, 3], { keepdims: true }).add(1e-5));
  const normal = nn.relu(centred.div(deviation).mul(p[`gamma${i}`]!).add(p[`beta${i}`]!));
  return np.max(normal.reshape([batch, channels, size / 2, 2, size / 2, 2]), [3, 5]);
}

await jax.init('wasm');
jax.defaultDevice('wasm');
await servePeer(({ batch }) => {
  const loss = (p: Parameters, x: Tensor, y: Tensor): Tensor => {
    const maps = stage(p, 2, stage(p, 1, x, [batch, 16, 32]), [batch, 32, 16]);
    const hidden = np.matmul(maps.reshape([batch, 2048]), p.w3!).add(p.b3!);
    return np.sum(nn.logSoftmax(np.matmul(hidden, p.w4!).add(p.b4!)).mul(y)).mul(-1 / batch);
  };
  const step = jax.jit((p: Parameters, x: Tensor, y: Tensor): Parameters => {
    const kept = Object.fromEntries(Object.entries(p).map(([name, value]) => [name, value.ref]));
    const [, gradients] = jax.valueAndGrad(loss)(kept, x, y);
    return Object.fromEntries(Object.entries(p).map(([name, value]) => [name, value.sub(gradients[name]!.mul(0.01))]));
  });
  const x = random(batch, 3, 32, 32);
  const y = np
    .array(Float32Array.from({ length: batch * 10 }, (_, i) => (i % 10 === Math.floor(i / 10) % 10 ? 1 : 0)))
    .reshape([batch, 10]);
  let parameters = initialParameters();
  return async () => {
    parameters = step(parameters, x.ref, y.ref);
    await jax.blockUntilReady(parameters);
  };
});
