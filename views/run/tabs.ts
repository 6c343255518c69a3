// The parts of the page, as links down into it.

import type { RunPage } from '../../app/web/models/run.ts';
import { integer } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

export function tabs(page: RunPage): Html {
  const total = page.events.counts.reduce((sum, { count }) => sum + count, 0);
  return html`<nav class="tabs sticky" aria-label="Parts of this run"><a href="#curves" aria-current="true">Curves</a>${
    page.batchNorm === null ? nothing : html`<a href="#bn">Batch normalization</a>`
  }${page.predictions === null ? nothing : html`<a href="#predictions">Predictions</a>`}${page.measured.length === 0 ? nothing : html`<a href="#measured">Measured</a>`}<a href="#recipe">Recipe</a><a href="#events">Events <span class="count">${integer(total)}</span></a></nav>`;
}
