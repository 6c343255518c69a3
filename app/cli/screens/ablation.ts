// An ablation in the terminal: the verdict first, then each factor with its levels and their difference, then the pairs.

import { accuracy, accuracyWithDeviation, points, pointsInterval } from '../../../views/format/metric.ts';
import type { Comparison } from '../../ablations/analysis.ts';
import { factorLabel, levelHeading } from '../../ablations/factors.ts';
import type { FactorGroup, Level } from '../../ablations/groups.ts';
import { verdict } from '../../ablations/verdict.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Column, table } from '../terminal/table.ts';

/** One table a group; further levels than two are further rows, each against the first. */
export function ablationReport(groups: readonly FactorGroup[], screen: Screen): string[] {
  return groups.flatMap((group, index) => [...(index === 0 ? [] : ['']), ...groupReport(group, screen)]);
}

interface Row {
  label: string;
  reference: string;
  other: string;
  difference: string;
  interval: string;
}

function groupReport(group: FactorGroup, screen: Screen): string[] {
  const { paint } = screen;
  const [reference, ...others] = group.levels;
  if (reference === undefined) return [];
  const single = others.length === 1 ? others[0] : undefined;
  const rows = others.flatMap((other, index) => rowsOf(group, reference, other, group.comparisons[index] as Comparison, others.length > 1));
  const columns: Column<Row>[] = [
    { title: 'val accuracy, %', cell: ({ label }) => label, shrinks: true },
    { title: levelHeading(reference.value), cell: (row) => row.reference, align: 'right' },
    { title: single === undefined ? 'other' : levelHeading(single.value), cell: (row) => row.other, align: 'right' },
    { title: 'difference', cell: (row) => row.difference, align: 'right' },
    { title: '95 % interval', cell: (row) => paint.muted(row.interval) },
  ];
  const sentences = group.comparisons.flatMap((comparison) => wrap(verdict(group, comparison), screen.width).map(paint.bold));
  return [...sentences, '', ...table(rows, columns, screen)];
}

/** Whole words, no line longer than `columns`. */
function wrap(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function rowsOf(group: FactorGroup, reference: Level, other: Level, comparison: Comparison, named: boolean): Row[] {
  const { pairs, mean, interval, evidence } = comparison;
  const bySeed = (level: Level, seed: number): number | undefined => level.observations.find((one) => one.seed === seed)?.value;
  const label = factorLabel(group.path);
  return [
    {
      label: named ? `${label} ${levelHeading(other.value)}` : label,
      reference: accuracyWithDeviation(reference.summary.mean, reference.summary.sd),
      other: accuracyWithDeviation(other.summary.mean, other.summary.sd),
      difference: points(mean),
      interval: [interval === null ? '' : pointsInterval(interval.low, interval.high), evidence === 'too few' ? '(too few)' : '']
        .filter((part) => part !== '')
        .join(' '),
    },
    ...pairs.map(({ seed, difference }) => ({
      label: `  seed ${seed}`,
      reference: accuracy(bySeed(reference, seed)),
      other: accuracy(bySeed(other, seed)),
      difference: points(difference),
      interval: '',
    })),
  ];
}
