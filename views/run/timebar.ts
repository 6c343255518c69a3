// The run as of one of its events: a form that asks for a number, over a line with its learning rates (orange) and checkpoints (blue).

import type { RunPage } from '../../app/web/models/run.ts';
import { integer } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

const width = 1000;

export function timebar({ run, view, timebar: bar }: RunPage): Html {
  if (bar.newest < 2) return nothing;
  const x = (version: number) => ((width * (version - 0.5)) / bar.newest).toFixed(1);
  const ticks = (versions: number[], category: number) =>
    html`${versions.map((version) => html`<path class="ln k${category}" d="${`M${x(version)} 0v9`}"/>`)}`;
  const now = bar.version === bar.newest;
  return html`<form class="timebar" action="${`/runs/${run.id}`}"><label for="at" class="strong nowrap">As of event</label><input id="at" name="at" type="number" min="1" max="${bar.newest}" value="${bar.version}">${
    view.layer === null ? nothing : html`<input type="hidden" name="layer" value="${view.layer}">`
  }<div class="track"><svg viewBox="0 0 1000 9" preserveAspectRatio="none" role="img" aria-label="Event ${bar.version} of ${bar.newest}; ${bar.rates.length} learning rates, ${bar.checkpoints.length} checkpoints"><path class="gl" d="M0 4.5H1000"/><path class="ln k0" d="${`M0 4.5H${x(bar.version)}`}"/>${ticks(bar.rates, 2)}${ticks(bar.checkpoints, 1)}</svg></div><span class="muted nowrap p2">epoch ${run.epochsDone} · ${now ? 'now' : `${integer(bar.newest - bar.version)} events to come`}</span>${
    now ? nothing : html`<a class="btn" href="${`/runs/${run.id}`}">Now</a>`
  }<button type="submit">Show</button></form>`;
}
