// Each factor's effect with its interval, on one axis; small dots are the pairs.

import type { AblationPage, ReportGroup, ReportLevel } from '../../app/web/models/ablation.ts';
import { forestAxis, forestRow } from '../charts/forest.ts';
import { accuracy } from '../format/metric.ts';
import { signed } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';
import { effect } from './list.ts';

export function factorsSection(page: AblationPage): Html {
  return html`<section class="section"><header><h2>Factors</h2><p>Effect = reference − other, same seed. Filled: five pairs or more and an interval that excludes zero. Small dots: the pairs.</p></header>
<table class="table still factors"><caption class="sr">Effect of each factor on validation accuracy</caption><thead><tr><th scope="col">Factor</th><th scope="col" class="n p2">Reference, %</th><th scope="col" class="n p2">Other, %</th><th scope="col" class="n">Effect</th><th scope="col" class="n p1">95 % interval</th><th scope="col" class="plot"><span class="sr">Effect with its interval, in points</span>${forestAxis(page.scale, 'helps')}</th><th scope="col" class="n p3">Time an epoch</th><th scope="col" class="n p3">Parameters</th></tr></thead><tbody>${page.groups.map(
    (group) => rows(page, group),
  )}</tbody></table></section>`;
}

function rows(page: AblationPage, group: ReportGroup): Html {
  const reference = group.levels[0]!;
  const labelOf = group.label.charAt(0).toUpperCase() + group.label.slice(1);
  return html`${group.effects.map(
    ({ against, level, comparison }) =>
      html`<tr><th scope="row"><span class="strong">${labelOf}</span><span class="muted small sub">${reference.heading} against ${against}${group.setting === null ? nothing : html`, ${group.setting}`}</span></th><td class="n p2">${summaryOf(group, reference)}</td><td class="n p2">${summaryOf(group, level)}</td>${effect(comparison)}<td class="plot">${forestRow(page.scale, comparison.pairs.length === 0 ? null : comparison, reference.category)}</td><td class="n p3">${difference(reference.epochSeconds, level.epochSeconds, 1, ' s')}</td><td class="n p3">${difference(reference.parameters, level.parameters, 0, '')}</td></tr>`,
  )}`;
}

/** Mean with its sd over completed runs. */
export function summaryOf(group: ReportGroup, level: ReportLevel): Html {
  const summary = group.statistics.levels.find(({ value }) => value === level.value)?.summary;
  if (summary === undefined || summary.n === 0) return html``;
  return html`${accuracy(summary.mean)}<span class="sd">${summary.sd === null ? '' : `± ${accuracy(summary.sd)}`}</span>`;
}

function difference(reference: number | null, other: number | null, decimals: number, unit: string): string {
  return reference === null || other === null ? '' : `${signed(reference - other, decimals)}${unit}`;
}
