// What a network takes for what: a row a true class, a column a predicted one, and what follows for each class.
import { integer } from '../../views/format/number.ts';
import type { Confusion } from '../web/queries/history.ts';
import type { Chart } from './chart.ts';
import { heatOption } from './heat.ts';

export interface ClassFigures {
  name: string;
  images: number;
  /** Shares; NaN where nothing was predicted, or there is no image. */
  precision: number;
  recall: number;
  f1: number;
}

export interface LargestError {
  truth: string;
  predicted: string;
  count: number;
}

/** Precision, recall and their harmonic mean a class, worst F1 first. */
export function classFigures({ classes, counts }: Confusion): ClassFigures[] {
  return classes
    .map((name, index) => {
      const right = counts[index]![index]!;
      const images = counts[index]!.reduce((sum, value) => sum + value, 0);
      const predicted = counts.reduce((sum, row) => sum + row[index]!, 0);
      return { name, images, precision: right / predicted, recall: right / images, f1: (2 * right) / (images + predicted) };
    })
    .sort((a, b) => (a.f1 || 0) - (b.f1 || 0));
}

export function largestError({ classes, counts }: Confusion): LargestError | null {
  let largest: LargestError | null = null;
  for (const [row, values] of counts.entries())
    for (const [column, count] of values.entries())
      if (row !== column && count > (largest?.count ?? 0)) largest = { truth: classes[row]!, predicted: classes[column]!, count };
  return largest;
}

export function confusionChart(confusion: Confusion): Chart {
  const { classes, counts, epoch } = confusion;
  const total = counts.flat().reduce((sum, value) => sum + value, 0);
  const error = largestError(confusion);
  const most = Math.max(1, ...counts.flat());
  const left = 12 + Math.round(6.4 * Math.min(12, Math.max(...classes.map(({ length }) => length))));
  return {
    name: 'confusion',
    title: 'Confusion matrix',
    unit: 'images',
    finding: `Confusion matrix over ${integer(total)} validation images at epoch ${epoch}: ${
      error === null
        ? 'no image is mistaken'
        : `the largest error is ${error.truth} taken for ${error.predicted}, ${integer(error.count)} images`
    }`,
    legend: [],
    caption: 'Rows: true class. Columns: predicted.',
    shape: 'one',
    height: 286,
    option: (size) =>
      heatOption(
        {
          rows: classes,
          columns: classes,
          values: counts,
          colours: 'seq',
          limit: most,
          cellLabel: (value, row, column) =>
            classes.length <= 12 && (row === column || value / most >= 0.004) && value > 0 ? String(value) : null,
          format: '@number',
          columnLabels: 'above',
          left,
        },
        size,
      ),
    table: () => ({
      columns: ['true class', ...classes.map((name) => `predicted ${name}`)],
      rows: classes.map((name, row) => [name, ...counts[row]!]),
    }),
  };
}
