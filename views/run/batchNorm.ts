// Batch normalization of one layer: running statistics over epochs beside the batch statistics, channel by channel.

import type { BatchNormPart, RunPage } from '../../app/web/models/run.ts';
import { figure } from '../charts/figure.ts';
import { notice } from '../components/notice.ts';
import { fixed, signed } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';
import { address } from './address.ts';

export function batchNormSection(page: RunPage): Html {
  const { batchNorm } = page;
  if (batchNorm === null) return nothing;
  return html`<section class="section" id="bn"><header><h2>Batch normalization</h2><p>Running statistics are what validation uses; batch statistics are what training used.</p><div class="end"><span class="seg">${batchNorm.layers.map(
    ({ layer, channels }) =>
      html`<a href="${address(page, { layer }, 'bn')}"${layer === batchNorm.layer.layer ? html` aria-current="true"` : nothing}>${layer} · ${channels}</a>`,
  )}</span></div></header>
${apart(batchNorm)}
<div class="grid">${batchNorm.charts.map(figure)}
${gapsTable(batchNorm)}
${reading(batchNorm)}</div></section>`;
}

function apart({ apart: channels, epoch, layer }: BatchNormPart): Html {
  if (channels === 0) return nothing;
  return notice({
    strong: `${channels} of ${layer.channels} channels apart`,
    text: `At epoch ${epoch} their batch variance and running variance differ by more than 30 %. A batch of the end of the epoch is compared with an average over many.`,
    kind: 'warn',
  });
}

function gapsTable({ gaps, epoch }: BatchNormPart): Html {
  return html`<div class="frame"><header><h3>Channels apart</h3><span class="small muted">epoch ${epoch}, furthest first</span></header><table class="table still"><thead><tr><th scope="col" class="n">Channel</th><th scope="col" class="n">Running var</th><th scope="col" class="n">Batch var</th><th scope="col" class="n" aria-sort="descending">Ratio ↓</th><th scope="col" class="n p1">Mean, batch − running</th></tr></thead><tbody>${gaps.map(
    (gap) =>
      html`<tr><th scope="row" class="n">${gap.channel}</th><td class="n">${fixed(gap.runningVariance, 3)}</td><td class="n">${fixed(gap.batchVariance, 3)}</td><td class="n">× ${fixed(gap.ratio, 2)}</td><td class="n p1">${signed(gap.meanDifference, 3)}</td></tr>`,
  )}</tbody></table></div>`;
}

function reading({ momentum }: BatchNormPart): Html {
  const step = momentum === null ? '' : ` by ${momentum} of the way`;
  return html`<div class="frame prose"><header><h3>How to read this</h3></header><p class="read">While it trains, the layer normalizes with the statistics of the current batch and moves its running statistics${step} towards them. Validation uses the running ones. Where the two disagree, validation sees another network than training did: accuracy jumps from epoch to epoch while the training curve is smooth.</p></div>`;
}
