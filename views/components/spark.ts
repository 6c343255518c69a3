// A curve in a cell, 84 x 22: a line a repeat, one scale for the whole column, a dot where a single run stands now.
import { type Html, html } from '../html.ts';

const width = 84;
const height = 22;
/** Room for half a line and the dot. */
const inset = 2;

export interface SparkScale {
  low: number;
  high: number;
}

export interface Spark {
  /** `[x, y]` with x from 0 to 1 over what was planned. */
  curves: [number, number][][];
  scale: SparkScale;
  /** Category of colour, 0 for muted. */
  category: number;
}

/** Empty where there is nothing to draw yet. The numbers stand beside it, so it is hidden from readers that speak. */
export function spark({ curves, scale, category }: Spark): Html | '' {
  if (curves.every((curve) => curve.length === 0)) return '';
  const span = scale.high - scale.low || 1;
  const x = (share: number) => round(inset + share * (width - 2 * inset));
  const y = (value: number) => round(height - inset - ((value - scale.low) / span) * (height - 2 * inset));
  const last = curves.length === 1 ? curves[0]!.at(-1) : undefined;
  const lines = curves.map(
    (curve) =>
      html`<polyline class="${`ln k${category}${curves.length > 1 ? ' thin' : ''}`}" points="${curve.map(([at, value]) => `${x(at)},${y(value)}`).join(' ')}"/>`,
  );
  const dot = last === undefined ? '' : html`<circle class="${`pt k${category}`}" cx="${x(last[0])}" cy="${y(last[1])}" r="2"/>`;
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" aria-hidden="true">${lines}${dot}</svg>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
