// `/ablations/:id`: a report that begins with its verdict, and says when it may not give one.
import type { AblationPage, ReportGroup } from '../../app/web/models/ablation.ts';
import { asOf } from '../asOf.ts';
import { figure } from '../charts/figure.ts';
import { notice } from '../components/notice.ts';
import { type Html, html, nothing } from '../html.ts';
import { costSection } from './cost.ts';
import { factorsSection } from './factors.ts';
import { gradientFlowSection } from './gradientFlow.ts';
import { pairsSection } from './pairs.ts';
import { runsSection } from './runs.ts';
import { verdictSection } from './verdict.ts';

/** Below this many pairs nothing is concluded, as in app/ablations/analysis.ts. */
const enoughPairs = 5;

export function ablationPage(page: AblationPage, { now, at }: { now: number; at: number | null }): Html {
  const all = page.groups.flatMap(({ levels }) => levels.flatMap(({ runs }) => runs.map(({ id }) => id)));
  return html`<p class="crumbs"><a href="${asOf(at, '/ablations')}">Ablations</a> / ${page.title}</p>
<div class="head"><h1>${page.title}</h1><div class="actions">${all.length === 0 ? nothing : html`<a class="btn" href="${asOf(at, `/compare?runs=${[...new Set(all)].join(',')}`)}">Compare these runs</a>`}</div></div>
${verdictSection(page, now)}
${leftOut(page, at)}
${tooFewSeeds(page)}
${factorsSection(page)}
${page.groups.map(curves)}
${page.groups.map(({ label, gradientFlow }) => (gradientFlow === null ? nothing : gradientFlowSection(label, gradientFlow)))}
${pairsSection(page)}
${page.groups.map(costSection)}
${page.groups.map((group) => runsSection(group, at))}`;
}

function leftOut({ leftOut: runs, address }: AblationPage, at: number | null): Html {
  if (runs === 0) return nothing;
  return html`<div class="section-note">${notice({
    strong: `${runs} archived ${runs === 1 ? 'run' : 'runs'}`,
    text: `${runs === 1 ? 'It was' : 'They were'} put away and ${runs === 1 ? 'takes' : 'take'} no part here.`,
    link: { href: asOf(at, `${address}?archived=1`), word: 'Take them in' },
  })}</div>`;
}

function tooFewSeeds({ pairs }: AblationPage): Html {
  if (pairs >= enoughPairs) return nothing;
  return html`<div class="section-note">${notice({
    strong: 'Too few seeds',
    text: `Effects are shown as seen so far, without a verdict: a conclusion takes ${enoughPairs} pairs or more. Add seeds to the sweep file and run it again; what is done is not trained again.`,
    kind: 'warn',
  })}</div>`;
}

function curves(group: ReportGroup): Html {
  if (group.charts.length === 0) return nothing;
  return html`<section class="section"><header><h2>${heading(group)}</h2><p>Same data order, same augmented images, same initial value of every shared parameter.</p></header>
<div class="grid">${group.charts.map(figure)}</div></section>`;
}

/** `With and without batch normalization`; other factors by their levels. */
function heading({ label, levels }: ReportGroup): string {
  if (levels[0]?.value === true) return `With and without ${label}`;
  const words = levels.map((level, index) => (index === 0 ? level.heading : level.heading.replace(`${label} `, ''))).join(' against ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
