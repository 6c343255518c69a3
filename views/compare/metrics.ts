// Final metrics of every group, the baseline pinned, the difference of each other group with its interval.

import type { ComparedGroup, ComparePage, GroupMetric } from '../../app/web/models/compare.ts';
import { asOf } from '../asOf.ts';
import { forestAxis, forestRow } from '../charts/forest.ts';
import { status } from '../components/status.ts';
import { accuracy, type Direction, loss, lossDifference, points, pointsInterval, verdict } from '../format/metric.ts';
import { fixed, integer, signed } from '../format/number.ts';
import { duration } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';
import { address, link } from './address.ts';

export function metricsSection(page: ComparePage): Html {
  const { view, groups, scale } = page;
  return html`<section class="section" id="metrics"><header><h2>Final metrics</h2><p>Pinned: the baseline. Small figures: the difference to it.</p><div class="end cluster"><span class="label">At</span><span class="seg">${link(view, { epoch: 'last' }, 'last epoch', view.epoch === 'last', '#metrics')}${link(view, { epoch: 'best' }, 'best epoch', view.epoch === 'best', '#metrics')}</span></div></header>
<table class="table still factors"><caption class="sr">Final metrics of ${groups.length} groups against the baseline ${groups[0]!.name}</caption><thead><tr><th scope="col">Group</th><th scope="col" class="n">Val acc, %</th><th scope="col" class="n">Δ base</th><th scope="col" class="n p1">95 % interval</th><th scope="col" class="plot"><span class="sr">Difference to the baseline in points</span>${forestAxis(scale, 'better')}</th><th scope="col" class="n p2">Test acc, %</th><th scope="col" class="n p2">Val loss</th><th scope="col" class="n p3">Gap</th><th scope="col" class="n p3">Time</th><th scope="col" class="n p3">Parameters</th></tr></thead><tbody>${groups.map(
    (group, index) => row(page, group, index === 0),
  )}</tbody></table>
<p class="small muted section-note">Difference = group − baseline, same seed, paired t interval; a single pair has none. Filled: the interval excludes zero. Hollow: it does not, or there are fewer than five pairs, which are too few to conclude. Small dots: the pairs.</p></section>`;
}

function row(page: ComparePage, group: ComparedGroup, pinned: boolean): Html {
  const { metrics } = group;
  const difference = metrics.valAccuracy.difference;
  return html`<tr${pinned ? html` class="pinned"` : nothing}><th scope="row"><div class="name"><a href="${asOf(page.view.at, `/runs/${group.runs[0]!.id}`)}"><i class="swatch k${group.category}"></i><span class="only-wide">${group.name}</span><span class="only-narrow">${group.label}</span></a><span class="count">${size(group)}</span>${states(group)}${
    pinned
      ? html`<span class="badge">baseline</span>`
      : html`<a class="act small p1" href="${address(page.view, { baseline: group.runs[0]!.id })}">make baseline</a>`
  }</div></th><td class="n"><span>${accuracy(mean(metrics.valAccuracy))}</span>${deviation(metrics.valAccuracy)}</td>${pinned ? html`<td class="n muted">base</td><td class="n p1"></td>` : delta(difference)}<td class="plot">${forestRow(page.scale, difference, group.category)}</td>${[
    cell('p2', accuracy(mean(metrics.testAccuracy)), small(metrics.testAccuracy, points, 1, 100, 'higher')),
    cell('p2', loss(mean(metrics.valLoss)), small(metrics.valLoss, lossDifference, 3, 1, 'lower')),
    cell('p3', fixed(hundredfold(mean(metrics.gap)), 1), small(metrics.gap, points, 1, 100, null)),
    cell(
      'p3',
      duration(mean(metrics.seconds)),
      small(metrics.seconds, (value) => `${signed(value, 1)} s`, 1, 1, 'lower'),
    ),
    cell(
      'p3',
      integer(mean(metrics.parameters)),
      small(metrics.parameters, (value) => signed(value, 0), 0, 1, null),
    ),
  ]}</tr>`;
}

function size({ runs, measured }: ComparedGroup): string {
  if (runs.length === 1) return `seed ${runs[0]!.seed}`;
  return measured === runs.length ? `n = ${measured}` : `n = ${measured} of ${runs.length}`;
}

/** Only what is out of the ordinary: completed is the norm. */
function states({ runs }: ComparedGroup): Html {
  const others = [...new Set(runs.map((run) => run.status))].filter((word) => word !== 'completed');
  return html`${others.map((word) => status(word))}`;
}

function delta(difference: GroupMetric['difference']): Html {
  if (difference === null) return html`<td class="n muted">no pair</td><td class="n p1"></td>`;
  const interval = difference.interval === null ? '' : pointsInterval(difference.interval.low, difference.interval.high);
  const kind = difference.evidence === 'higher' ? 'better' : difference.evidence === 'lower' ? 'worse' : 'muted';
  const pairs = `${difference.pairs.length} ${difference.pairs.length === 1 ? 'pair' : 'pairs'}${difference.evidence === 'too few' ? ', too few' : ''}`;
  return html`<td class="n"><span class="best ${kind}">${points(difference.mean)}</span><span class="sub small muted only-narrow">${interval}</span></td><td class="n muted p1">${interval}<span class="sub small">${pairs}</span></td>`;
}

const mean = ({ summary }: GroupMetric): number | null => (summary.n === 0 ? null : summary.mean);
const hundredfold = (value: number | null): number | null => (value === null ? null : value * 100);

function deviation({ summary }: GroupMetric): Html {
  return html`<span class="sd">${summary.sd === null ? '' : `± ${accuracy(summary.sd)}`}</span>`;
}

function cell(rank: string, value: string, difference: Html): Html {
  return html`<td class="n ${rank}">${value}${difference}</td>`;
}

/** The difference under a figure; coloured by the metric's direction, grey where it has none or rounds to zero. */
function small(
  { difference }: GroupMetric,
  print: (value: number) => string,
  decimals: number,
  factor: number,
  direction: Direction | null,
): Html {
  if (difference === null) return html`<span class="sub small">&nbsp;</span>`;
  const kind = direction === null ? 'even' : verdict(difference.mean * factor, decimals, direction);
  return html`<span class="sub small ${kind === 'even' ? 'muted' : kind}">${print(difference.mean)}</span>`;
}
