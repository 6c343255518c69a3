// Everything an engine computes with, planned from its spec alone: buffers, kernels, phases. Every thread of a team plans the same program
// over the same memory; only scratch differs. State and steps are the engine's business.
import type { EngineSpec } from '../engine.ts';
import { boardBytes } from '../threads/board.ts';
import { Arena } from './arena.ts';
import { KernelSet } from './emit/kernels.ts';
import { planAugmentation, writeImage } from './gather.ts';
import { type LossPlan, planLoss } from './lossPlan.ts';
import { type OptimizerProgram, planOptimizer } from './optimizers/index.ts';
import type { PackedParameter } from './parameters.ts';
import { planNetwork } from './plan.ts';
import type { Target } from './tiles.ts';
import type { Site, Unit } from './units/unit.ts';
import type { Phase, Values, Work } from './work.ts';

export interface ProgramOptions {
  /** What the tiles are made for; changes no bit. */
  target: Target;
  /** Whether neighbouring layers are computed in one pass; changes no bit. */
  merge: boolean;
  threads: number;
}

/** Passes through the network, by their place in `phases`. */
export const PASSES = { training: 0, batchStatistics: 1, runningStatistics: 2, accumulating: 3 } as const;

export interface Program {
  arena: Arena;
  kernels: KernelSet;
  optimizer: OptimizerProgram;
  loss: LossPlan;
  units: readonly Unit[];
  /** What is left of a pass, by layer. */
  outputs: ReadonlyMap<string, Values>;
  /** In the network's order. */
  parameters: readonly PackedParameter[];
  /** By pass. */
  phases: readonly (readonly Phase[])[];
  addresses: Addresses;
}

/** Of what a step is given and gives back. */
export interface Addresses {
  board: number;
  /** Original indices, words, (batch). */
  samples: number;
  /** (batch) */
  losses: number;
  /** Words, (batch). */
  predictions: number;
  /** Byte to number, (channels, 256). */
  table: number;
}

export function planProgram(spec: EngineSpec, { target, merge, threads }: ProgramOptions, thread: number): Program {
  const { network, seed, batch } = spec;
  const [channels, height, width] = network.input;
  const imageBytes = channels * height * width;
  const arena = new Arena(threads, thread);
  const kernels = new KernelSet();
  const optimizer = planOptimizer({ arena, kernels, target }, spec);
  const augment = planAugmentation(spec.augment, seed, { channels, height, width });
  const labels = arena.shared(4 * batch);
  const addresses = {
    samples: arena.shared(4 * batch),
    losses: arena.shared(4 * batch),
    predictions: arena.shared(4 * batch),
    table: arena.shared(4 * spec.pixelTable.length),
  };
  const loss = planLoss(arena, kernels, spec, { labels, ...addresses });
  const site: Site = { arena, kernels, target, seed, batch, parameter: optimizer.parameter };

  function gather(input: Values): Work {
    const bytes = arena.scratch(imageBytes);
    const write = kernels.add('gather', 3, writeImage(input.plane));
    return {
      kind: 'sample',
      name: 'gather',
      light: true,
      run(n, { part, samples, augmented, epoch }) {
        const { images, labels: classes } = spec[part];
        const sample = samples[n]!;
        const image = images.subarray(sample * imageBytes, (sample + 1) * imageBytes);
        arena.views.bytes.set(augmented ? augment(image, sample, epoch) : image, bytes);
        write.run(bytes, addresses.table, input.at(n));
        arena.views.words[labels / 4 + n] = classes[sample]!;
      },
    };
  }

  const plan = planNetwork(site, network, { gather, loss: loss.work, move: optimizer.works }, merge);
  const phases = [plan.training, plan.batchStatistics, plan.runningStatistics, plan.accumulating];
  const board = arena.shared(boardBytes(Math.max(...phases.map(({ length }) => length)), threads));
  return {
    arena,
    kernels,
    optimizer,
    loss,
    units: plan.units,
    outputs: plan.outputs,
    parameters: optimizer.parameters(),
    phases,
    addresses: { ...addresses, board },
  };
}
