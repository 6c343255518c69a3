// Measured afterwards: what `runledger measure` found out about states of this run.

import type { MeasuredPart } from '../../app/web/models/measured.ts';
import type { RunPage } from '../../app/web/models/run.ts';
import { type SparkScale, spark } from '../components/spark.ts';
import { measuredHeading, measuredNumber, measuredSettings, measuredTitle, measuredUnit } from '../format/measured.ts';
import { type Html, html, nothing } from '../html.ts';

export function measuredSection({ measured, run }: RunPage): Html {
  if (measured.length === 0) return nothing;
  return html`<section class="section" id="measured"><header><h2>Measured afterwards</h2><p>Of states that were kept or trained again, with running statistics and without dropout.</p></header>
<div class="grid">${measured.map((part) => frame(part, run.epochs))}</div></section>`;
}

function frame(part: MeasuredPart, planned: number): Html {
  const { metric, epoch, epochs, settings, table } = part;
  const when = epochs.length === 1 ? `epoch ${epoch}` : `epoch ${epoch}, measured at ${epochs.length} epochs`;
  const under = measuredSettings(settings);
  const wide = table.columns.length > 3 ? 'frame span2' : 'frame';
  return html`<div class="${wide}"><header><h3>${measuredTitle(metric)}</h3><span class="small muted">${part.part}, ${when}${under === '' ? nothing : `, ${under}`}</span></header>
${table.whole.length === 0 ? nothing : whole(part, planned)}${table.rows.length === 0 ? nothing : rows(part)}</div>`;
}

function whole({ metric, table, epochs, courses }: MeasuredPart, planned: number): Html {
  const course = epochs.length > 1;
  const scale = scaleOf([...courses.values()].flat());
  const curve = (name: string): Html | '' => {
    const points = (courses.get(name) ?? []).map((value, i) => [epochs[i]! / planned, value] as const);
    const finite = points.filter((point): point is readonly [number, number] => Number.isFinite(point[1]));
    return spark({ curves: [finite.map(([x, y]) => [x, y])], scale, category: 1 });
  };
  return html`<table class="table still"><caption class="sr">${measuredTitle(metric)}</caption><thead><tr><th scope="col">Of</th><th scope="col" class="n">Value</th>${
    course ? html`<th scope="col">Over epochs</th>` : nothing
  }</tr></thead><tbody>${table.whole.map(
    ([name, value]) =>
      html`<tr><th scope="row">${name}</th><td class="n">${measuredNumber(metric, name, value)}${measuredUnit(metric, name)}</td>${course ? html`<td>${curve(name)}</td>` : nothing}</tr>`,
  )}</tbody></table>`;
}

function scaleOf(values: (number | null)[]): SparkScale {
  const finite = values.filter((value): value is number => Number.isFinite(value));
  return { low: Math.min(...finite), high: Math.max(...finite) };
}

function rows({ metric, table: { columns, rows: all } }: MeasuredPart): Html {
  return html`<section class="scroll" tabindex="0" aria-label="${`${measuredTitle(metric)}, one by one`}"><table class="table still"><caption class="sr">${measuredTitle(metric)}, one by one</caption><thead><tr><th scope="col">Of</th>${columns.map(
    (column) => html`<th scope="col" class="n">${measuredHeading(metric, column)}</th>`,
  )}</tr></thead><tbody>${all.map(
    ({ name, cells }) =>
      html`<tr><th scope="row"><code>${name}</code></th>${cells.map((cell, i) => html`<td class="n">${measuredNumber(metric, columns[i]!, cell)}</td>`)}</tr>`,
  )}</tbody></table></section>`;
}
