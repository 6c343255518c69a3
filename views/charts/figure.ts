// A chart on a page: title, unit, the ways to its data, a legend where the lines cannot carry their names, and the picture.
// With script a pointer over the picture draws it anew, interactive, from the JSON at the same address.
import type { LegendEntry, Scale } from '../../app/charts/chart.ts';
import type { DrawnChart } from '../../app/charts/draw.ts';
import { type Html, html, nothing, raw } from '../html.ts';

/** `<figure>` in the grid of a section. */
export function figure({ chart, svg, address, query }: DrawnChart): Html {
  const wide = chart.shape === 'wide';
  return html`<figure class="${wide ? 'frame span2' : 'frame'}"><header><h3>${chart.title}</h3>${unit(chart.unit)}${tools(chart.title, address, query)}${chart.scale ? scaleBar(chart.scale) : nothing}${legend(chart.legend)}</header>
<div class="drawing" data-chart="${`${address}.json${query}`}">${raw(svg.wide ?? '')}${raw(svg.narrow)}</div>${chart.caption ? html`<figcaption>${chart.caption}</figcaption>` : nothing}</figure>`;
}

export function unit(text: string): Html {
  return text === '' ? nothing : html`<span class="small muted">${text}</span>`;
}

function tools(title: string, address: string, query: string): Html {
  const link = (suffix: string, word: string) =>
    html`<a href="${`${address}${suffix}${query}`}" aria-label="${word} of ${title}">${word}</a>`;
  return html`<span class="tools">${link('', 'Table')}${link('.csv', 'CSV')}${link('.svg', 'SVG')}</span>`;
}

const marks: Record<LegendEntry['mark'], Html> = {
  line: html`<path class="ln" d="M0 4h20"/>`,
  mean: html`<path class="ln bold" d="M0 4h20"/>`,
  training: html`<path class="ln train" d="M0 4h20"/>`,
  batch: html`<path class="ln thin" d="M0 4h20"/>`,
  thin: html`<path class="ln thin ghost" d="M0 4h20"/>`,
  band: html`<rect class="bd" y="0" width="20" height="8"/>`,
  hollow: html`<circle class="pt hollow" cx="10" cy="4" r="3.5"/>`,
  dot: html`<circle class="pt" cx="10" cy="4" r="3.5"/>`,
};

function legend(entries: readonly LegendEntry[]): Html {
  if (entries.length === 0) return nothing;
  return html`<ul class="legend">${entries.map(
    ({ text, category, mark }) =>
      html`<li class="${`k${category}`}"><svg viewBox="0 0 20 8" aria-hidden="true">${marks[mark]}</svg>${text}</li>`,
  )}</ul>`;
}

function scaleBar({ low, high, colours }: Scale): Html {
  const steps = colours === 'seq' ? 9 : 11;
  const width = 110 / steps;
  const letter = colours === 'seq' ? 'q' : 'd';
  return html`<span class="legend scale"><span>${low}</span><svg viewBox="0 0 110 10" preserveAspectRatio="none" aria-hidden="true">${Array.from(
    { length: steps },
    (_, step) => html`<rect class="${`${letter}${step}`}" x="${(step * width).toFixed(2)}" width="${width.toFixed(2)}" height="10"/>`,
  )}</svg><span>${high}</span></span>`;
}
