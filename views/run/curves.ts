// Accuracy, loss and learning rate over epochs; why the rate changed; checkpoints kept; where it ran.

import type { RunPage } from '../../app/web/models/run.ts';
import { asOf } from '../asOf.ts';
import { figure } from '../charts/figure.ts';
import { accuracy, learningRate } from '../format/metric.ts';
import { bytes, integer } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

export function curvesSection(page: RunPage): Html {
  return html`<section class="section" id="curves"><header><h2>Curves</h2><p>Validation is solid, training dashed.${page.ended === null ? nothing : html` The run ended early: ${page.ended}.`}</p></header>
<div class="grid">${page.curves.map(figure)}
${rates(page)}${checkpoints(page)}${environment(page)}</div></section>`;
}

const mostRates = 10;

function rates({ run, view, rates: changes }: RunPage): Html {
  if (changes.length === 0) return nothing;
  const more =
    changes.length > mostRates
      ? html`<p><a href="${asOf(view.at, `/runs/${run.id}/charts/learning-rate`)}">All ${changes.length} changes</a></p>`
      : nothing;
  return html`<div class="frame"><header><h3>Why the learning rate changed</h3></header><table class="table still"><thead><tr><th scope="col" class="n">Epoch</th><th scope="col">Rate</th><th scope="col">Why</th></tr></thead><tbody>${changes
    .slice(0, mostRates)
    .map(
      (change) =>
        html`<tr><td class="n">${change.epoch}</td><th scope="row">${change.from === null ? nothing : html`${learningRate(change.from)} → `}${learningRate(change.to)}</th><td class="wrap muted">${change.why}</td></tr>`,
    )}</tbody></table>${more}</div>`;
}

function checkpoints({ checkpoints: kept }: RunPage): Html {
  if (kept.length === 0) return nothing;
  return html`<div class="frame"><header><h3>Checkpoints</h3></header><table class="table still"><thead><tr><th scope="col">Kept as</th><th scope="col" class="n">Epoch</th><th scope="col" class="n">Val acc, %</th><th scope="col" class="n">Size</th><th scope="col" class="p1">SHA-256</th></tr></thead><tbody>${kept.map(
    (checkpoint) =>
      html`<tr><th scope="row">${checkpoint.reason}</th><td class="n">${integer(checkpoint.epoch)}</td><td class="n">${accuracy(checkpoint.valAccuracy)}</td><td class="n">${bytes(checkpoint.bytes)}</td><td class="p1"><code class="muted">${checkpoint.sha256.slice(0, 4)} ${checkpoint.sha256.slice(4, 8)}</code></td></tr>`,
  )}</tbody></table></div>`;
}

function environment({ environment: facts }: RunPage): Html {
  return html`<div class="frame"><header><h3>Environment</h3></header><dl class="facts">${facts.map(([term, words]) => html`<dt>${term}</dt><dd>${words}</dd>`)}</dl></div>`;
}
