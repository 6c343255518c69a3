// The optimizer of a generated engine: what moves each parameter, and the works of a step that come after all gradients are there. Most rules
// move a block of weights as soon as its gradient is there, while it is in cache; clipping by norm and Muon must wait for all blocks.
import type { EngineSpec } from '../../engine.ts';
import type { Parameter } from '../../network.ts';
import { clipFactor } from '../../recipe/clip.ts';
import { PackedParameter, type Packing } from '../parameters.ts';
import type { Task, Work } from '../work.ts';
import { type Accumulation, planAccumulation } from './accumulate.ts';
import { type Averaging, planAveraging } from './average.ts';
import { planMoving } from './moving.ts';
import type { Workshop } from './orthogonalize.ts';
import type { RuleStep } from './rule.ts';

export interface OptimizerProgram {
  /** A parameter in the arena, with what moves it. */
  parameter(parameter: Parameter, packing: Packing): PackedParameter;
  /** All of them, in the network's order. */
  parameters(): PackedParameter[];
  /** Works after those that give each block of each gradient to `PackedParameter.update`. */
  works(): Work[];
  /** Where a step has several batches. */
  accumulation: Accumulation | null;
  /** Where averages are kept. */
  averaging: Averaging | null;
  /** Writes the constants of a step; `learningRate` is the optimizer's. */
  setConstants(step: RuleStep): void;
}

export function planOptimizer(workshop: Workshop, { network, optimizer, clip, accumulate = 1, ema }: EngineSpec): OptimizerProgram {
  const { arena } = workshop;
  const norm = clip !== undefined && 'norm' in clip ? clip.norm : null;
  const passage = { takesSquares: norm === null, limit: clip !== undefined && 'value' in clip ? clip.value : null };
  // Each thread works it out for itself.
  const factor = norm === null ? null : arena.scratch(4);
  const accumulation = accumulate === 1 ? null : planAccumulation(workshop);
  const averaging = ema === undefined ? null : planAveraging(workshop, ema.decay);
  const byName = new Map<string, PackedParameter>();
  const parameters = () => network.parameters.map(({ name }) => byName.get(name)!);

  /** Blocks move once the norm of all gradients is known. */
  function clipped(): Work[] {
    if (norm === null || factor === null) return [];
    const all = parameters();
    return [
      {
        kind: 'prelude',
        name: 'clip',
        barrier: true,
        run() {
          arena.views.floats[factor / 4] = clipFactor(
            norm,
            all.map((packed) => packed.squaredGradient()),
          );
        },
      },
      overBlocks('move', all, (packed, block) => packed.take(block, factor)),
    ];
  }

  return {
    parameter(parameter, packing) {
      const moving = planMoving(workshop, optimizer, passage, parameter, network.parameters, packing);
      const packed = new PackedParameter(workshop, moving, { waits: norm !== null, accumulation, averaging }, parameter, packing);
      byName.set(parameter.name, packed);
      return packed;
    },
    parameters,
    accumulation,
    averaging,
    works: () => [...clipped(), ...orthogonalized(workshop, parameters())],
    setConstants(step) {
      for (const { moving } of byName.values()) moving.setConstants(step);
    },
  };
}

/** Muon's matrices: the iteration on all of them side by side, then the parameters move. */
function orthogonalized({ arena }: Workshop, all: readonly PackedParameter[]): Work[] {
  const waiting = all.flatMap((packed) => (packed.moving.orthogonal ? [{ packed, own: packed.moving.orthogonal }] : []));
  const first = waiting[0];
  if (first === undefined) return [];
  const scale: Work = {
    kind: 'prelude',
    name: 'muon norms',
    barrier: true,
    run() {
      // Every thread writes the same bytes.
      for (const { packed, own } of waiting) {
        const found = Math.sqrt(packed.sumOfSquares(own.squares));
        arena.views.floats[own.matrix.factor / 4] = 1 / Math.max(found, own.settings.eps);
      }
    },
  };
  const parts = first.own.matrix.parts.flatMap(({ name }, index): Work[] => {
    const chunks = waiting.flatMap(({ own }) => Array.from({ length: own.matrix.parts[index]!.chunks }, (_, chunk) => ({ own, chunk })));
    return [
      {
        kind: 'task',
        name: `muon ${name}`,
        chunks: () => chunks.length,
        run(i) {
          const { own, chunk } = chunks[i]!;
          own.matrix.parts[index]!.run(chunk);
        },
      },
      { kind: 'cut' },
    ];
  });
  const packed = waiting.map((entry) => entry.packed);
  return [scale, ...parts, overBlocks('move', packed, (one, block) => one.move(block))];
}

function overBlocks(name: string, all: readonly PackedParameter[], run: (packed: PackedParameter, block: number) => void): Task {
  const chunks = all.flatMap((packed) => packed.packing.blocks.map((_, block) => ({ packed, block })));
  return {
    kind: 'task',
    name,
    chunks: () => chunks.length,
    run(chunk) {
      const { packed, block } = chunks[chunk]!;
      run(packed, block);
    },
  };
}
