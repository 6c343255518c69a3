// A chart's data as a page of its own: the picture, then every number it was drawn from.
import type { Table } from '../../app/charts/chart.ts';
import type { DrawnChart } from '../../app/charts/draw.ts';
import { fixed, minus } from '../format/number.ts';
import { type Html, html } from '../html.ts';
import { figure } from './figure.ts';

export interface ChartTable {
  drawn: DrawnChart;
  table: Table;
  /** Where the chart belongs. */
  back: { href: string; word: string };
}

export function chartTable({ drawn, table, back }: ChartTable): Html {
  const decimals = table.columns.map((_, column) => decimalsOf(table, column));
  return html`<p class="crumbs"><a href="${back.href}">${back.word}</a> / ${drawn.chart.title}</p>
<div class="head"><h1>${drawn.chart.title}</h1></div>
<p class="prose">${drawn.chart.finding}.</p>
<section class="section"><header><h2>Chart</h2></header><div class="grid">${figure(drawn)}</div></section>
<section class="section"><header><h2>Table</h2></header>
<section class="${table.columns.length > 4 ? 'scroll' : 'scroll prose'}" tabindex="0" aria-label="Data of the chart"><table class="table still"><caption class="sr">${drawn.chart.title}, the data of the chart</caption><thead><tr>${table.columns.map((column, index) => html`<th scope="col"${numeric(table, index)}>${column}</th>`)}</tr></thead><tbody>${table.rows.map(
    (row) =>
      html`<tr>${row.map((value, index) => (index === 0 ? html`<th scope="row"${numeric(table, index)}>${print(value, decimals[index]!)}</th>` : html`<td${numeric(table, index)}>${print(value, decimals[index]!)}</td>`))}</tr>`,
  )}</tbody></table></section></section>`;
}

function numeric(table: Table, column: number): Html {
  return table.rows.some((row) => typeof row[column] === 'string') ? html`` : html` class="n"`;
}

/** Decimals that show six significant digits of the column's largest value; the CSV has all. */
function decimalsOf(table: Table, column: number): number {
  const values = table.rows
    .map((row) => row[column])
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  if (values.every(Number.isInteger)) return 0;
  const largest = Math.max(...values.map(Math.abs));
  return Math.max(0, 5 - Math.floor(Math.log10(largest)));
}

function print(value: string | number | null, decimals: number): string {
  if (typeof value === 'string') return value;
  const vanishes = value !== null && value !== 0 && Math.abs(value) < 10 ** -decimals;
  return vanishes ? String(Number(value.toPrecision(6))).replaceAll('-', minus) : fixed(value, decimals);
}
