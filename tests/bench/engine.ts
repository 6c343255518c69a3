// Images a second of the generated engine: the seed network on CIFAR-10's and MNIST's shapes, training and evaluation.
// Numbers for people, never assertions.
import type { EngineSpec } from '../../trainer/engine.ts';
import { createEngine } from '../../trainer/kernels/index.ts';
import { resolveNetwork, type Shape } from '../../trainer/network.ts';
import { fillWords } from '../../trainer/random/philox.ts';
import type { Layer } from '../../trainer/recipe.ts';

const BATCH = 64;
const IMAGES = 1024;

/** The seed network: Conv 16, BN, ReLU, pool, Conv 32, BN, ReLU, pool, Linear 128, Dropout, Linear 10. */
const layers: Layer[] = [16, 32].flatMap((out, i): Layer[] => [
  { kind: 'conv2d', name: `conv2d.${i + 1}`, out, kernel: 3, stride: 1, padding: 1, bias: true },
  { kind: 'batchNorm2d', name: `batchNorm2d.${i + 1}`, eps: 1e-5, momentum: 0.1 },
  { kind: 'relu', name: `relu.${i + 1}` },
  { kind: 'maxPool2d', name: `maxPool2d.${i + 1}`, kernel: 2, stride: 2 },
]);
layers.push(
  { kind: 'flatten', name: 'flatten.1' },
  { kind: 'linear', name: 'linear.1', out: 128, bias: true },
  { kind: 'dropout', name: 'dropout.1', p: 0.5 },
  { kind: 'linear', name: 'linear.2', out: 'classes', bias: true },
);

function specFor(input: Shape, threads: number): EngineSpec {
  const imageBytes = input.reduce((product, size) => product * size, 1);
  const words = new Uint32Array(IMAGES * imageBytes);
  fillWords([1, 2], 0, 0, words);
  const split = {
    count: IMAGES,
    images: Uint8Array.from(words, (word) => word >>> 24),
    labels: Uint8Array.from({ length: IMAGES }, (_, i) => i % 10),
  };
  return {
    network: resolveNetwork(layers, input, 10),
    loss: 'crossEntropy',
    optimizer: { type: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
    augment: [],
    arithmetic: 'fused',
    seed: 1,
    batch: BATCH,
    pixelTable: new Float32Array(input[0] * 256).map((_, i) => ((i % 256) / 255 - 0.5) / 0.25),
    train: split,
    test: split,
    threads,
  };
}

/** Images a second of the best and the middle of many short measurements, after the code has settled. */
function rates(seconds: number, run: (i: number) => void): { best: number; median: number } {
  for (let i = 0; i < 60; i++) run(i);
  const measured: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let i = 60; performance.now() < end; i += 5) {
    const start = performance.now();
    for (let k = 0; k < 5; k++) run(i + k);
    measured.push((5 * BATCH * 1000) / (performance.now() - start));
  }
  measured.sort((a, b) => a - b);
  return { best: measured.at(-1)!, median: measured[Math.floor(measured.length / 2)]! };
}

/** Prints two lines a network. */
export function benchEngine({ threads, seconds }: { threads: number; seconds: number }): void {
  for (const [name, input] of Object.entries({ 'CIFAR-10': [3, 32, 32], MNIST: [1, 28, 28] } as Record<string, Shape>)) {
    const spec = specFor(input, threads);
    const begun = performance.now();
    const engine = createEngine(spec);
    const samples = (i: number) => Uint32Array.from({ length: BATCH }, (_, k) => (i * BATCH + k) % IMAGES);
    engine.trainStep({ samples: samples(0), epoch: 1, step: 1, learningRate: 0.001 });
    const firstStep = performance.now() - begun;
    const training = rates(seconds, (i) => engine.trainStep({ samples: samples(i), epoch: 1, step: i + 2, learningRate: 0.001 }));
    const evaluation = rates(seconds, (i) => engine.evaluate({ part: 'test', samples: samples(i), statistics: 'running' }));
    const gflops = (training.best * spec.network.flopsPerSample) / 1e9;
    for (const [what, { best, median }] of Object.entries({ training, evaluation })) {
      console.log(
        `${name} ${what}, batch ${BATCH}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: median ${median.toFixed(0)}, best ${best.toFixed(0)} images/s`,
      );
    }
    console.log(`  ${engine.backend}, ${gflops.toFixed(1)} GFLOP/s in training, first step after ${firstStep.toFixed(0)} ms`);
    engine.dispose();
  }
}
