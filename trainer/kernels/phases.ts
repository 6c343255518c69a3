// Cutting a list of works into phases. A phase ends before a reduction over the batch, and where the way of dealing changes:
// convolutions by sample, weight gradients by sample group, linear layers by ranges of samples that share weights.
// Within a chunk, neighbouring works on samples run one sample after another, so that what one leaves is still in the nearest cache.
import { groupStart } from '../numbers/groups.ts';
import type { GroupWork, Phase, Prelude, RangeWork, SampleWork, Step, Task, Work } from './work.ts';

/** Samples of a range: enough to pay for streaming the weights of a linear layer. */
const RANGE = 32;

/** Smaller batches are halved, so that two threads share them. */
function rangeSize(batch: number): number {
  return Math.min(RANGE, Math.ceil(batch / 2));
}

type Dealt = SampleWork | GroupWork | RangeWork;
type Dealing = 'any' | 'sample' | 'group' | 'range';

function dealingOf(work: Dealt): Dealing {
  if (work.kind === 'sample') return work.light ? 'any' : 'sample';
  return work.kind;
}

/** How a phase is dealt once `work` joins it, or null where they do not go together. */
function joined(phase: Dealing, work: Dealing): Dealing | null {
  if (work === 'any' || work === phase) return phase;
  if (phase === 'any') return work;
  // A group is a run of samples, so works by sample fit into it.
  return phase === 'group' && work === 'sample' ? 'group' : null;
}

export function cutPhases(works: readonly Work[]): Phase[] {
  const phases: Phase[] = [];
  let dealt: Dealt[] = [];
  let beside: Task[] = [];
  let preludes: Prelude[] = [];
  let dealing: Dealing = 'any';
  const flush = () => {
    const tasks = dealt.length === 0 ? beside : [dealTask(dealt, dealing), ...beside];
    // Preludes alone wait for what follows them.
    if (tasks.length === 0) return;
    phases.push({ name: [...preludes, ...tasks].map(({ name }) => name).join(' + '), preludes, tasks });
    dealt = [];
    beside = [];
    preludes = [];
    dealing = 'any';
  };
  for (const work of works) {
    if (work.kind === 'cut') {
      flush();
      continue;
    }
    if (work.kind === 'prelude') {
      if (work.barrier) flush();
      preludes.push(work);
      continue;
    }
    if (work.kind === 'task') {
      beside.push(work);
      continue;
    }
    const together = joined(dealing, dealingOf(work));
    if (together === null) flush();
    dealing = together ?? dealingOf(work);
    dealt.push(work);
  }
  flush();
  return phases;
}

/** Group of a sample: the last one that starts at or before it. */
export function groupOf(sample: number, groups: number, batch: number): number {
  return Math.floor(((sample + 1) * groups - 1) / batch);
}

function dealTask(works: readonly Dealt[], dealing: Dealing): Task {
  const name = works.map((work) => work.name).join(', ');
  const segments = segmentsOf(works);
  const run = (first: number, end: number, step: Step) => {
    for (const segment of segments) segment(first, end, step);
  };
  if (dealing === 'group') {
    const grouped = works.filter((work) => work.kind === 'group');
    // Finer groups lie inside coarser ones, because all numbers of groups are powers of two.
    const coarsest = Math.min(...grouped.map(({ groups }) => groups));
    return {
      kind: 'task',
      name,
      chunks: () => coarsest,
      run(chunk, step) {
        for (const work of grouped) {
          const finer = work.groups / coarsest;
          for (let group = chunk * finer; group < (chunk + 1) * finer; group++) work.begin(group);
        }
        run(groupStart(chunk, coarsest, step.batch), groupStart(chunk + 1, coarsest, step.batch), step);
      },
    };
  }
  const size = dealing === 'range' ? rangeSize : () => 1;
  return {
    kind: 'task',
    name,
    chunks: ({ batch }) => Math.ceil(batch / size(batch)),
    run(chunk, step) {
      const samples = size(step.batch);
      run(chunk * samples, Math.min(step.batch, (chunk + 1) * samples), step);
    },
  };
}

type Segment = (first: number, end: number, step: Step) => void;

/** Works on ranges as they are; runs of works on samples as one loop over samples. */
function segmentsOf(works: readonly Dealt[]): Segment[] {
  const segments: Segment[] = [];
  let bySample: (SampleWork | GroupWork)[] = [];
  const flush = () => {
    const together = bySample;
    bySample = [];
    if (together.length === 0) return;
    segments.push((first, end, step) => {
      for (let sample = first; sample < end; sample++) {
        for (const work of together) {
          if (work.kind === 'sample') work.run(sample, step);
          else work.run(sample, step, groupOf(sample, work.groups, step.batch));
        }
      }
    });
  };
  for (const work of works) {
    if (work.kind !== 'range') bySample.push(work);
    else {
      flush();
      segments.push((first, end, step) => work.run(first, end, step));
    }
  }
  flush();
  return segments;
}
