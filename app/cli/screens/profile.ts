// Where a training step's time went, phase by phase: what `train --profile` prints beside its trace.
import type { ProfiledPass } from '../../runs/profile.ts';
import { sharesOf, spanOf } from '../../runs/trace.ts';
import type { Screen } from '../terminal/screen.ts';
import { table } from '../terminal/table.ts';

/** Means over the training steps; milliseconds. */
export interface PhaseMean {
  phase: string;
  /** From its beginning until every thread is done. */
  elapsed: number;
  /** A thread's wait for the others, mean over threads. */
  wait: number;
}

/** Phases in the order of a step; phases of one name are told apart by their place. */
export function phaseMeans(steps: readonly ProfiledPass[]): PhaseMean[] {
  const { phases = [] } = steps[0] ?? {};
  const sums = phases.map((phase) => ({ phase, elapsed: 0, wait: 0 }));
  for (const step of steps) {
    const shares = sharesOf(step);
    for (const [index, sum] of sums.entries()) {
      const own = shares.slice(index * step.threads, (index + 1) * step.threads);
      sum.elapsed += (own[0]!.ended - Math.min(...own.map(({ began }) => began))) / steps.length;
      for (const { worked, ended } of own) sum.wait += (ended - worked) / own.length / steps.length;
    }
  }
  return sums;
}

/** Lines of the report. */
export function profileReport(passes: readonly ProfiledPass[], file: string, screen: Pick<Screen, 'paint' | 'width'>): string[] {
  const steps = passes.filter(({ pass }) => pass === 'training');
  const [first, last] = [steps[0], steps.at(-1)];
  const written = `${screen.paint.muted('trace')}  ${file}, for chrome://tracing or ui.perfetto.dev`;
  if (first === undefined || last === undefined) return ['', 'the run took no step to profile', written];
  const means = phaseMeans(steps);
  const inside = means.reduce((sum, { elapsed }) => sum + elapsed, 0);
  const span = (spanOf(last).ended - spanOf(first).began) / steps.length;
  const evaluations = passes.length - steps.length;
  const milliseconds = (value: number): string => value.toFixed(3);
  const rows = table(
    means,
    [
      { title: 'phase', cell: ({ phase }) => phase, shrinks: 'middle' },
      { title: 'ms', align: 'right', cell: ({ elapsed }) => milliseconds(elapsed) },
      { title: 'wait', align: 'right', cell: ({ wait }) => milliseconds(wait) },
      { title: '% of phases', align: 'right', cell: ({ elapsed }) => ((100 * elapsed) / inside).toFixed(1) },
    ],
    screen,
  );
  const within = evaluations === 0 ? '' : `, ${evaluations} ${evaluations === 1 ? 'pass' : 'passes'} of evaluation among them`;
  return [
    '',
    `steps ${first.step} to ${last.step}, mean of ${steps.length}, ${first.threads} ${first.threads === 1 ? 'thread' : 'threads'}`,
    ...rows,
    `${milliseconds(inside)} ms in phases, ${milliseconds(span)} ms from step to step${within}`,
    written,
  ];
}
