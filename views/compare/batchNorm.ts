// Batch normalization of the groups that have it, one layer at a time.
import type { ComparePage } from '../../app/web/models/compare.ts';
import { figure } from '../charts/figure.ts';
import { type Html, html, nothing } from '../html.ts';
import { link } from './address.ts';

export function batchNormSection({ view, batchNorm }: ComparePage): Html {
  if (batchNorm === null) return nothing;
  return html`<section class="section" id="bn"><header><h2>Batch normalization</h2><p>Running statistics are what validation uses; batch statistics are what training used.</p><div class="end"><span class="seg">${batchNorm.layers.map(
    ({ layer, channels }) => link(view, { layer }, `${layer} · ${channels}`, layer === batchNorm.layer, '#bn'),
  )}</span></div></header>
<div class="grid">${batchNorm.charts.map(figure)}</div></section>`;
}
