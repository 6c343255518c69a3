// The run as of any moment since it began: a number, or a slider over the positions of its events, under a line with its learning rates (orange)
// and checkpoints (blue). Two forms, each with a button of its own for pages without script; browser/timebar.ts sends the slider by itself.

import type { RunPage } from '../../app/web/models/run.ts';
import { integer } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';
import { address } from './address.ts';

const width = 1000;

export function timebar(page: RunPage): Html {
  const { run, view, timebar: bar } = page;
  if (bar.newest === bar.first) return nothing;
  const at = Math.min(view.at ?? bar.newest, bar.newest);
  const x = (position: number) => ((width * (position - bar.first)) / (bar.newest - bar.first)).toFixed(1);
  const ticks = (positions: number[], category: number) =>
    html`${positions.map((position) => html`<path class="ln k${category}" d="${`M${x(position)} 0v9`}"/>`)}`;
  const span = `${integer(bar.first)} to ${integer(bar.newest)}`;
  const action = `/runs/${run.id}`;
  const layer = view.layer === null ? nothing : html`<input type="hidden" name="layer" value="${view.layer}">`;
  return html`<div class="timebar"><form action="${action}"><label for="at" class="strong nowrap">As of event</label><input id="at" name="at" type="number" min="${bar.first}" max="${bar.newest}" value="${at}">${layer}<button type="submit">Show</button></form><form class="slide" action="${action}"><div class="track"><svg viewBox="0 0 1000 9" preserveAspectRatio="none" aria-hidden="true"><path class="gl" d="M0 4.5H1000"/><path class="ln k0" d="${`M0 4.5H${x(at)}`}"/>${ticks(bar.rates, 2)}${ticks(bar.checkpoints, 1)}</svg><input id="slide" name="at" type="range" min="${bar.first}" max="${bar.newest}" value="${at}" aria-label="As of event, ${span}" data-now="${address(page, { at: null }, '').slice(0, -1)}"></div>${layer}<button type="submit">Go</button></form><span class="muted nowrap p2">epoch ${run.epochsDone} · ${view.at === null ? 'now' : `of events ${span}`}</span></div>`;
}
