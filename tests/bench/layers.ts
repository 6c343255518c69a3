// `--layer conv2d`: GFLOP/s and share of peak of every pass of a layer over a grid of shapes, one thread, so that a slow one is seen.
// The layer stands in a small network; every call of a kernel that bears its name is timed, within real steps.

import { compileKernels } from '../../trainer/kernels/emit/compile.ts';
import { instantiateKernels } from '../../trainer/kernels/emit/module.ts';
import { createPeakProbe } from '../../trainer/kernels/peak.ts';
import { PASSES, planProgram } from '../../trainer/kernels/program.ts';
import { chooseTarget } from '../../trainer/kernels/selfTest.ts';
import type { Sides } from '../../trainer/layers/axis.ts';
import { prepare } from '../../trainer/prepare.ts';
import { parseRecipe } from '../../trainer/recipe.ts';
import { summarize } from './measure/statistics.ts';
import { randomDataSet } from './networks.ts';

/** Images a step. */
const BATCH = 64;
const WARM_UP_STEPS = 40;
const STEPS = 30;

interface Case {
  title: string;
  /** Of the images. */
  channels: number;
  size: number;
  /** As users write it; the measured layer is the last of its kind before the head. */
  network: unknown[];
  layer: string;
}

const head = ['flatten', { linear: 'classes' }];

function convolution(inputs: number, outputs: number, size: number, kernel: Sides = 3, more: Record<string, unknown> = {}): Case {
  const { depthwise } = more;
  const [rows, columns] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
  const padding = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const measured = { conv2d: { ...(!depthwise && { out: outputs }), kernel, padding, ...more } };
  const first = inputs <= 3;
  const said = Object.entries(more).map(([setting, value]) => `, ${setting} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  return {
    title: `${inputs} → ${outputs}, ${size} × ${size}, kernel ${JSON.stringify(kernel)}${said.join('')}`,
    channels: first ? inputs : 3,
    size,
    // A layer that nothing learns before has no input gradient: wider ones stand behind a small one.
    network: [...(first ? [] : [{ conv2d: { out: inputs, kernel: 1 } }]), measured, ...head],
    layer: first ? 'conv2d.1' : 'conv2d.2',
  };
}

/** Of as many filters as channels, one a channel. */
const depthwise = (channels: number, size: number, kernel = 3, more: Record<string, unknown> = {}) =>
  convolution(channels, channels, size, kernel, { depthwise: {}, ...more });

function linear(channels: number, size: number, outputs: number): Case {
  return {
    title: `${channels * size * size} → ${outputs}`,
    channels: 3,
    size,
    network: [{ conv2d: { out: channels, kernel: 1 } }, 'flatten', { linear: outputs }, { linear: 'classes' }],
    layer: 'linear.1',
  };
}

const grids: Readonly<Record<string, readonly Case[]>> = {
  conv2d: [
    convolution(1, 16, 28),
    convolution(3, 16, 32),
    convolution(3, 64, 32),
    convolution(16, 16, 32),
    convolution(16, 32, 16),
    convolution(16, 32, 14),
    convolution(32, 32, 32),
    convolution(64, 64, 16),
    convolution(128, 128, 8),
    convolution(256, 256, 4),
    convolution(20, 50, 12),
    convolution(16, 16, 32, 1),
    convolution(64, 64, 16, 1),
    convolution(64, 256, 8, 1),
    convolution(16, 32, 32, 3, { stride: 2 }),
    convolution(64, 128, 16, 3, { stride: 2 }),
    convolution(64, 128, 16, 1, { stride: 2 }),
    convolution(16, 32, 16, 5),
    convolution(64, 64, 16, [1, 7]),
    convolution(64, 64, 16, [7, 1]),
    convolution(64, 64, 16, 3, { dilation: 2, padding: 2 }),
    convolution(64, 64, 16, 3, { paddingMode: 'reflect' }),
    convolution(64, 64, 16, 3, { groups: 2 }),
    convolution(64, 64, 16, 3, { groups: 4 }),
    convolution(48, 48, 16, 3, { groups: 2 }),
    convolution(64, 64, 16, 3, { groups: 8 }),
    depthwise(32, 32),
    depthwise(96, 32),
    depthwise(96, 32, 3, { stride: 2 }),
    depthwise(144, 16),
    depthwise(192, 8),
    depthwise(384, 4),
    depthwise(64, 16, 5),
    depthwise(64, 16, 3, { dilation: 2, padding: 2 }),
    convolution(32, 64, 16, 3, { depthwise: { multiplier: 2 } }),
  ],
  linear: [linear(32, 8, 128), linear(8, 8, 128), linear(2, 8, 10), linear(64, 4, 512), linear(32, 8, 1000)],
};

const passes = ['forward', 'inputGradient', 'weightGradient'] as const;

interface PassTime {
  /** `forward`, or another kernel of the layer: `biasGradient`. */
  pass: string;
  /** Milliseconds a step. */
  milliseconds: number;
  gflops: number | null;
}

/** Times the kernels of the layer in steps of one thread. */
function timeLayer({ channels, size, network, layer }: Case): PassTime[] {
  const recipe = parseRecipe({
    dataset: 'random',
    split: { train: BATCH, validation: 1 },
    network,
    optimizer: 'adam',
    batch: BATCH,
    epochs: 1,
  });
  const spec = prepare(recipe, randomDataSet({ channels, height: size, width: size }, BATCH + 1, 1)).engineSpec(1);
  const { arena, kernels, phases, addresses } = planProgram(spec, { target: chooseTarget('fused'), merge: true, threads: 1 }, 0);
  const memory = arena.createMemory();
  arena.attach(memory);
  let spent = new Map<string, number>();
  const functions = instantiateKernels(compileKernels(kernels.sources, true, memory), memory);
  kernels.link(
    functions.map((run, i) => {
      const [owner, pass] = kernels.sources[i]!.name.split('/') as [string, string];
      if (owner !== layer) return run;
      return (...parameters) => {
        const start = performance.now();
        run(...parameters);
        spent.set(pass, (spent.get(pass) ?? 0) + performance.now() - start);
      };
    }),
  );
  const samples = Uint32Array.from({ length: BATCH }, (_, i) => i);
  arena.views.words.set(samples, addresses.samples / 4);
  const step = { batch: BATCH, epoch: 1, part: 'train', augmented: false, samples } as const;
  const taken: Map<string, number>[] = [];
  for (let i = 0; i < WARM_UP_STEPS + STEPS; i++) {
    spent = new Map();
    for (const { tasks } of phases[PASSES.training]!)
      for (const task of tasks) for (let chunk = 0; chunk < task.chunks(step); chunk++) task.run(chunk, step);
    if (i >= WARM_UP_STEPS) taken.push(spent);
  }
  // Two operations a multiply-add, the same number in every pass.
  const resolved = spec.network.layers.find(({ name }) => name === layer)!;
  const counted = resolved === spec.network.layers[0] ? 2 : 3;
  const operations = (resolved.flops / counted) * BATCH;
  return [...taken[0]!.keys()].map((pass) => {
    const milliseconds = summarize(taken.map((times) => times.get(pass)!)).median;
    const contraction = (passes as readonly string[]).includes(pass);
    return { pass, milliseconds, gflops: contraction ? operations / milliseconds / 1e6 : null };
  });
}

/** Prints a block a shape: of `conv2d`, or of `conv2d/depthwise` those whose title says so. Throws where there is no grid for the kind. */
export function benchLayer(asked: string): void {
  const [kind, words = ''] = asked.split('/') as [string, string?];
  const grid = grids[kind]?.filter(({ title }) => title.includes(words));
  if (grid === undefined) throw new Error(`there is no grid for ${kind}; there are ${Object.keys(grids).join(', ')}`);
  const probe = createPeakProbe(1);
  for (const shape of grid) {
    const peak = Math.max(...Array.from({ length: 5 }, () => probe.sample()));
    console.log(`${kind} ${shape.title}   probe ${peak.toFixed(1)} GFLOP/s`);
    for (const { pass, milliseconds, gflops } of timeLayer(shape)) {
      const speed = gflops === null ? '' : `${gflops.toFixed(1).padStart(8)} GFLOP/s ${((100 * gflops) / peak).toFixed(0).padStart(4)} %`;
      console.log(`  ${pass.padEnd(16)} ${(1000 * milliseconds).toFixed(0).padStart(7)} µs ${speed}`.trimEnd());
    }
  }
  probe.dispose();
}
