// A unit of the plan: one or several layers that the engine computes together. A unit knows its kernels, its buffers in the arena and the
// works of a step; how works become phases is not its business.
import type { EngineState } from '../../engine.ts';
import type { Parameter } from '../../network.ts';
import type { Arena } from '../arena.ts';
import type { KernelSet } from '../emit/kernels.ts';
import type { PackedParameter, Packing } from '../parameters.ts';
import { type Plane, planeOf } from '../plane.ts';
import type { Target } from '../tiles.ts';
import type { SampleWork, Task, Values, Work } from '../work.ts';

/** How a pass through the network treats batch norm and dropout. */
export type Mode = 'training' | 'batchStatistics' | 'runningStatistics';

/** What units are built with. */
export interface Site {
  arena: Arena;
  kernels: KernelSet;
  target: Target;
  seed: number;
  /** Largest batch. */
  batch: number;
  parameter(parameter: Parameter, packing: Packing): PackedParameter;
}

/** Where the sums of a gradient over a sample's pixels go, a value a channel. */
export type Totals = (sample: number) => number;

/**
 * Where the gradient of a unit's output comes from: works that write it to a place of the unit's choice. Where it is `direct`, the last
 * work is light and writes any plane, one sample at a time; otherwise the place must be planes without a rim, for the whole batch.
 */
export interface Supply {
  direct: boolean;
  /** Whether `totals` are taken in passing. */
  totals?: true;
  /** Whether an `addend` is added in passing. */
  adds?: true;
  /** `place` is null where no input gradient is wanted. */
  into(place: Values | null, passing?: Passing): Work[];
}

/** What a supply may do on its way, as far as it says so. */
export interface Passing {
  totals?: Totals | undefined;
  /** Another gradient of the same values, for the whole batch, to be added after the supply's own. */
  addend?: Values | undefined;
}

export interface Unit {
  readonly name: string;
  readonly output: Values;
  forward(mode: Mode): Work[];
  /** Works up to the gradients of own parameters, and the supply for the unit before; its input gradient only where `wantsInput`. */
  backward(supply: Supply, wantsInput: boolean): Supply;
  /** Of a unit that joins: the gradients of its other inputs, in their order, once the works of the supply that `backward` gives are done. */
  others?(): readonly Return[];
  /** At the start of a step that trains. */
  prepare(): Task[];
  /** At the end of a step: gradients of own parameters are completed, and given to `PackedParameter.update` block by block. */
  update(): Task[];
  /** Once, before the first step: own state takes its initial values. */
  start?(): void;
  readState?(state: EngineState): void;
  writeState?(state: EngineState): void;
}

/** How a gradient comes back to the output of a unit: it lies there, or is brought to a place of the taker's choice. */
export type Return = { stored: ShortcutGradient; supply?: never } | { supply: Supply; stored?: never };

/** Another input of a unit that joins, as the input of a residual block where it is added to what the body gives. */
export interface Shortcut {
  values: Values;
  /** How `values` come about where the input's elements stand in another order than the body's. */
  order: Order | null;
  wantsGradient: boolean;
}

/** In the order of the body; `order` leads back to that of the block's input. */
export type ShortcutGradient = Pick<Shortcut, 'values' | 'order'>;

/** A vector's elements in the order in which those of another stand. */
export interface Order {
  values: Values;
  /** Fills `values`. */
  forward: SampleWork;
  /** A gradient, from one address to another, in the vector's own order again. */
  back(from: number, to: number): void;
  /** Once, before the first step. */
  start(): void;
}

/** Planes for a whole batch, side by side in the arena. */
export function batchOf(site: Site, plane: Plane): Values {
  const base = site.arena.shared(plane.sampleBytes * site.batch);
  return { plane, at: (sample) => base + sample * plane.sampleBytes };
}

/** One plane of this thread's own. */
export function scratchOf(site: Site, plane: Plane): Values {
  const address = site.arena.scratch(plane.bytes);
  return { plane, at: () => address };
}

/** Gradients of `values` for a whole batch: the same shape without a rim. */
export function gradientsOf(site: Site, { plane }: Values): Values {
  return batchOf(site, planeOf([plane.channels, plane.height, plane.width]));
}
