// An interval a row on one axis, aligned with the numbers of a table: the effect, its 95 % interval and the pairs as small dots.
// Filled where the evidence allows a conclusion, hollow where it does not.
import type { Comparison } from '../../app/ablations/analysis.ts';
import type { Ticks } from '../../app/charts/ticks.ts';
import { points, pointsInterval } from '../format/metric.ts';
import { signed } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

interface Drawing {
  width: number;
  className: string;
  /** On the narrow twin every second label has room. */
  every: number;
}

const drawings: Drawing[] = [
  { width: 320, className: 'chart forest only-wide', every: 1 },
  { width: 130, className: 'chart forest only-narrow', every: 2 },
];
const margin = 10;
const height = 34;

function place(scale: Ticks, width: number): (value: number) => string {
  return (value) => {
    const share = (value - scale.min) / (scale.max - scale.min);
    return (margin + Math.max(0, Math.min(1, share)) * (width - 2 * margin)).toFixed(1);
  };
}

/** The axis, for the head of the column; points. */
export function forestAxis(scale: Ticks, word: string): Html {
  return html`${drawings.map(({ width, className, every }) => {
    const x = place(scale, width);
    const zero = scale.values.indexOf(0);
    const shown = scale.values.filter((_, index) => Math.abs(index - Math.max(0, zero)) % every === 0);
    return html`<svg class="${className}" viewBox="${`0 0 ${width} 30`}" aria-hidden="true"><text class="end" x="${width - 4}" y="11">${word} →</text>${shown.map(
      (value) =>
        html`<text class="mid" x="${x(value)}" y="26">${value === 0 ? '0' : signed(value, Number.isInteger(value) ? 0 : 1)}</text>`,
    )}</svg>`;
  })}`;
}

/** The grid of a row, and the interval where there is one; differences are shares, the scale is in points. */
export function forestRow(scale: Ticks, comparison: Comparison | null, category: number): Html {
  const label = comparison === null ? null : rowLabel(comparison);
  return html`${drawings.map(({ width, className }) => {
    const x = place(scale, width);
    const role = label === null ? html`aria-hidden="true"` : html`role="img" aria-label="${label}"`;
    return html`<svg class="${className}" viewBox="${`0 0 ${width} ${height}`}" ${role}>${scale.values.map(
      (value) => html`<path class="${value === 0 ? 'zero' : 'gl'}" d="${`M${x(value)} -5V39`}"/>`,
    )}${comparison === null ? nothing : mark(comparison, category, x)}</svg>`;
  })}`;
}

function mark({ mean, interval, pairs, evidence }: Comparison, category: number, x: (value: number) => string): Html {
  if (!Number.isFinite(mean)) return nothing;
  const settled = evidence === 'higher' || evidence === 'lower';
  const [low, high] = interval === null ? [null, null] : [x(interval.low * 100), x(interval.high * 100)];
  return html`<g class="${`k${category}`}">${low === null ? nothing : html`<path class="ln" d="${`M${low} 15H${high}M${low} 11v8M${high} 11v8`}"/>`}<circle class="${settled ? 'pt' : 'pt hollow'}" cx="${x(mean * 100)}" cy="15" r="4.5"/>${pairs
    .filter(({ difference }) => Number.isFinite(difference))
    .map(({ difference }) => html`<circle class="pt seed" cx="${x(difference * 100)}" cy="27" r="2"/>`)}</g>`;
}

function rowLabel({ mean, interval, pairs, evidence }: Comparison): string {
  const range = interval === null ? '' : `, 95 % interval ${pointsInterval(interval.low, interval.high)}`;
  return `${points(mean)} points${range}, ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'}${evidence === 'too few' ? ', too few to conclude' : ''}`;
}
