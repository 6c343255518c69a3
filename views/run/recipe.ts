// The recipe as it was recorded: settings, and the network with shapes, parameters and operations.

import type { RunPage } from '../../app/web/models/run.ts';
import { grouped } from '../format/identity.ts';
import { fixed, integer } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';
import { keepingFacts } from './keeping.ts';

export function recipeSection(page: RunPage): Html {
  const { run, repeats, settings } = page;
  const others = repeats.runs > 1 ? `, ${repeats.runs} completed runs` : '';
  return html`<section class="section" id="recipe"><header><h2>Recipe</h2><p>Canonical: presets expanded, defaults filled in. Configuration <code>${grouped(run.configId)}</code>${others}.</p></header>
<div class="grid"><div class="frame"><header><h3>Settings</h3></header><dl class="facts">${settings.map(([term, words]) => html`<dt>${term}</dt><dd>${words}</dd>`)}${identity(page)}${keepingFacts(page)}</dl></div>
${network(page)}</div></section>`;
}

function identity({ run }: RunPage): Html {
  return html`${run.datasetFingerprint === '' ? nothing : html`<dt>data</dt><dd>sha256 ${grouped(run.datasetFingerprint, 16)}</dd>`}${
    run.fingerprint === null ? nothing : html`<dt>fingerprint</dt><dd>${grouped(run.fingerprint, 16)}</dd>`
  }`;
}

function network({ layers, run }: RunPage): Html {
  if (layers.length === 0) return nothing;
  return html`<div class="frame span2"><header><h3>Network</h3></header><table class="table still"><caption class="sr">Layers of the network</caption><thead><tr><th scope="col">Layer</th><th scope="col" class="p1">Setting</th><th scope="col" class="n">Output</th><th scope="col" class="n">Parameters</th><th scope="col" class="n p1">MFLOP</th></tr></thead><tbody>${layers.map(
    (layer) =>
      html`<tr><th scope="row"><code>${layer.name}</code></th><td class="muted p1">${layer.words}</td><td class="n">${shape(layer.output)}</td><td class="n">${layer.parameters === 0 ? '' : integer(layer.parameters)}</td><td class="n p1">${layer.flops === 0 ? '' : fixed(layer.flops / 1e6, 2)}</td></tr>`,
  )}</tbody><tfoot><tr><th scope="row">${layers.length} layers</th><td class="p1"></td><td></td><td class="n">${integer(run.parameters)}</td><td class="n p1">${run.flopsPerSample === null ? '' : fixed(run.flopsPerSample / 1e6, 2)}</td></tr></tfoot></table></div>`;
}

/** Height × width × channels; a flat vector by its length. */
function shape([channels, height, width]: readonly [number, number, number]): string {
  return height === 1 && width === 1 ? integer(channels) : `${height}×${width}×${channels}`;
}
