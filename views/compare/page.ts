// `/compare`: runs laid over each other. Each section is a file beside this one; without runs the page says how to choose some.
import type { ComparePage } from '../../app/web/models/compare.ts';
import { asOf } from '../asOf.ts';
import { figure } from '../charts/figure.ts';
import { momentField } from '../components/moment.ts';
import { notice } from '../components/notice.ts';
import { type Html, html, nothing } from '../html.ts';
import { link } from './address.ts';
import { batchNormSection } from './batchNorm.ts';
import { lineage } from './lineage.ts';
import { metricsSection } from './metrics.ts';
import { recipeSection } from './recipe.ts';

export function comparePage(page: ComparePage): Html {
  const runs = page.groups.reduce((sum, group) => sum + group.runs.length, 0);
  return html`<p class="crumbs">Compare${runs === 0 ? nothing : html` / ${page.groups.length} ${page.groups.length === 1 ? 'group' : 'groups'}, ${runs} ${runs === 1 ? 'run' : 'runs'}`}</p>
<div class="head"><h1>${title(page)}</h1></div>
${page.forks.map((fork) => lineage(page, fork))}
${chooser(page)}
${page.problems.map((text) => notice({ strong: 'Not found', text, kind: 'warn' }))}
${page.groups.length === 0 ? howTo(page.view.at) : report(page)}`;
}

function title({ groups }: ComparePage): string {
  const [first, second] = groups;
  if (first === undefined) return 'Compare runs';
  if (groups.length === 2 && first.label !== second!.label && [first, second!].every(({ label }) => /^with/.test(label)))
    return 'With and without batch normalization';
  return groups.length === 1 ? first.name : `${first.name} and ${groups.length - 1} ${groups.length === 2 ? 'other' : 'others'}`;
}

function chooser({ view, groups }: ComparePage): Html {
  return html`<form class="filter" action="/compare"><div class="expr"><label for="runs">compare</label><input id="runs" name="runs" type="text" value="${view.runs}" placeholder="names, or starts of ids, separated by commas" spellcheck="false" autocomplete="off"><button type="submit">Show</button></div>${momentField(view.at)}${
    groups.length === 0
      ? nothing
      : html`<nav class="cluster loose" aria-label="Repeats"><span class="label">Repeats</span><span class="seg">${link(view, { apart: false }, 'folded', !view.apart)}${link(view, { apart: true }, 'apart', view.apart)}</span></nav>`
  }</form>`;
}

const howTo = (at: number | null) =>
  html`<div class="empty"><h2>Choose runs to compare</h2><p>Tick runs in <a class="link" href="${asOf(at, '/')}">the table of runs</a>, or type their names or the first four digits of their ids above, separated by commas.</p><p>Runs of one configuration fold into a group with mean and standard deviation; the first group is the baseline.</p><p class="code">/compare?runs=1285,90c7</p></div>`;

function report(page: ComparePage): Html {
  return html`${page.inShort.length === 0 ? nothing : notice({ strong: 'In short', text: page.inShort.join(' ') })}
<nav class="tabs sticky" aria-label="Parts of this comparison"><a href="#metrics" aria-current="true">Final metrics</a><a href="#curves">Curves</a><a href="#recipes">Recipes</a>${page.batchNorm === null ? nothing : html`<a href="#bn">Batch normalization</a>`}</nav>
${metricsSection(page)}
<section class="section" id="curves"><header><h2>Curves</h2><p>One colour a group. Bands: mean ± standard deviation over its repeats.</p></header>
<div class="grid">${page.charts.map(figure)}</div></section>
${recipeSection(page)}
${batchNormSection(page)}`;
}
