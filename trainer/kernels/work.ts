// What a plan is made of. Work is numbered by samples, groups of samples or blocks of weights, never by threads: any team may deal the
// chunks of a phase among its threads in any order, and every number comes out the same.
import type { Plane } from './plane.ts';

/** What the works of one step need to know; the same for all threads. */
export interface Step {
  batch: number;
  epoch: number;
  part: 'train' | 'test';
  augmented: boolean;
  /** Original indices into the part, (batch). */
  samples: Uint32Array;
}

/** Activations or gradients of a batch: one plane a sample. Scratch has the same address for every sample. */
export interface Values {
  plane: Plane;
  at(sample: number): number;
}

/** Work on one sample at a time. */
export interface SampleWork {
  kind: 'sample';
  name: string;
  /** Light work joins whatever phase it stands in; convolutions want a phase dealt by samples. */
  light: boolean;
  run(sample: number, step: Step): void;
}

/** Work on one sample at a time whose results are chained within sample groups: weight gradients of convolutions. */
export interface GroupWork {
  kind: 'group';
  name: string;
  groups: number;
  /** Before a group's first sample; groups may be empty. */
  begin(group: number): void;
  run(sample: number, step: Step, group: number): void;
}

/** Work on a range of samples at once, because they share weights: linear layers. */
export interface RangeWork {
  kind: 'range';
  name: string;
  run(first: number, end: number, step: Step): void;
}

/** Work that is not dealt by samples; runs beside the other works of its phase. */
export interface Task {
  kind: 'task';
  name: string;
  chunks(step: Step): number;
  run(chunk: number, step: Step): void;
}

/**
 * What every thread does for itself before it takes chunks: reductions over the batch, which cost less than handing their results on.
 * Results go to scratch, or are the same bytes from every thread. With `barrier` it sees everything before it.
 */
export interface Prelude {
  kind: 'prelude';
  name: string;
  barrier: boolean;
  run(step: Step): void;
}

/** A place where everything before is done before anything after begins. */
export interface Cut {
  kind: 'cut';
}

export type Work = SampleWork | GroupWork | RangeWork | Task | Prelude | Cut;

/** Chunks that may run in any order and at the same time. */
export interface Phase {
  name: string;
  preludes: readonly Prelude[];
  tasks: readonly Task[];
}

/** A task of one chunk. */
export function single(name: string, run: (step: Step) => void): Task {
  return { kind: 'task', name, chunks: () => 1, run: (_chunk, step) => run(step) };
}

/** Light work on each sample. */
export function lightly(name: string, run: (sample: number, step: Step) => void): SampleWork {
  return { kind: 'sample', name, light: true, run };
}
