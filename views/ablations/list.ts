// `/ablations`: what was declared before its first run, then runs in the ledger that happen to differ in one factor.

import type { Ticks } from '../../app/charts/ticks.ts';
import type { AblationLine, AblationListPage, AblationListPart, ListedLevel } from '../../app/web/models/ablationList.ts';
import { asOf } from '../asOf.ts';
import { forestAxis, forestRow } from '../charts/forest.ts';
import { empty } from '../components/empty.ts';
import { accuracy, accuracyWithDeviation, points, pointsInterval } from '../format/metric.ts';
import { integer } from '../format/number.ts';
import { age, exactTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';

export function ablationList(page: AblationListPage): Html {
  return html`<div class="head"><h1>Ablations</h1></div>
<p class="prose muted">Runs that differ in one declared factor and nothing else, compared seed by seed. Effect = reference − other, in points of validation accuracy after the last epoch.</p>
${
  page.declared.lines.length + page.found.lines.length === 0
    ? empty({
        heading: 'No ablation yet',
        text: 'The demonstration trains the seed network with and without batch normalization.',
        command: 'npm start',
      })
    : html`${table(page, page.declared, 'Declared', 'Written down before the first run.')}${table(page, page.found, 'Found', `The newest ${integer(page.searched)} completed runs, where they differ in one factor.`)}`
}`;
}

function table(page: AblationListPage, { lines, scale }: AblationListPart, heading: string, words: string): Html {
  if (lines.length === 0) return nothing;
  return html`<section class="section"><header><h2>${heading}</h2><p>${words}</p></header>
<table class="table still factors"><caption class="sr">${heading} ablations</caption><thead><tr><th scope="col">Ablation</th><th scope="col" class="n p2">Reference, %</th><th scope="col" class="n p2">Other, %</th><th scope="col" class="n">Effect</th><th scope="col" class="n p1">95 % interval</th><th scope="col" class="plot"><span class="sr">Effect with its interval, in points</span>${forestAxis(scale, 'helps')}</th><th scope="col" class="n p2">Runs</th><th scope="col" class="n p3">Declared</th></tr></thead><tbody>${lines.map(
    (line) => row(line, scale, page),
  )}</tbody></table></section>`;
}

function row(line: AblationLine, scale: Ticks, { now, at }: AblationListPage): Html {
  const { comparison, levels } = line;
  return html`<tr><th scope="row"><a class="strong" href="${asOf(at, line.href)}">${line.name}</a><span class="muted small sub">${
    levels === null ? 'nothing completed yet' : `${line.factor}: ${levels[0].heading} against ${levels[1].heading}`
  }</span></th><td class="n p2">${level(levels?.[0])}</td><td class="n p2">${level(levels?.[1])}</td>${effect(comparison)}<td class="plot">${forestRow(scale, comparison !== null && comparison.pairs.length > 0 ? comparison : null, 1)}</td><td class="n p2">${runs(line)}</td><td class="n muted p3">${
    line.declaredAt === null
      ? nothing
      : html`<time datetime="${line.declaredAt}" title="${exactTime(Date.parse(line.declaredAt))}">${age(Date.parse(line.declaredAt), now)}</time>`
  }</td></tr>`;
}

const runs = ({ completed, trials }: AblationLine): string => (completed === trials ? String(trials) : `${completed} of ${trials}`);

function level(listed: ListedLevel | undefined): string {
  if (listed === undefined || listed.summary.n === 0) return '';
  return listed.summary.sd === null ? accuracy(listed.summary.mean) : accuracyWithDeviation(listed.summary.mean, listed.summary.sd);
}

/** Two cells; the interval stands under the effect on narrow pages. Too few pairs stay grey. */
export function effect(comparison: AblationLine['comparison']): Html {
  if (comparison === null || comparison.pairs.length === 0) return html`<td class="n muted">no pair</td><td class="n p1"></td>`;
  const { mean, interval, evidence, pairs } = comparison;
  const range = interval === null ? '' : pointsInterval(interval.low, interval.high);
  const count = `${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'}${evidence === 'too few' ? ', too few' : ''}`;
  const settled = evidence === 'higher' || evidence === 'lower';
  return html`<td class="n"><span class="${settled ? 'best' : 'muted'}">${points(mean)}</span><span class="sub small muted only-narrow">${range}</span></td><td class="n muted p1">${range}<span class="sub small">${count}</span></td>`;
}
