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
${levels(page)}
${curves(page)}
${gradients(page)}
${pairsSection(page)}
${firstAndLast(page.whole).map(costSection)}
${page.whole.map((group) => runsSection(group, at))}`;
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

/** Accuracy against the levels of factors that have many. */
function levels({ levels: charts, scaled }: AblationPage): Html {
  if (charts.length === 0) return nothing;
  const words = scaled.map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}. `);
  return html`<section class="section"><header><h2>Level by level</h2><p>${words}Every run sees the same images, epoch by epoch.</p></header>
<div class="grid">${charts.map(figure)}</div></section>`;
}

/** A section a group, or one for all where each has a single chart. */
function curves({ groups }: AblationPage): Html {
  const drawn = groups.filter(({ charts }) => charts.length > 0);
  if (drawn.length === 0) return nothing;
  const sections = drawn.every(({ charts }) => charts.length === 1)
    ? [{ of: drawn[0]!, charts: drawn.flatMap(({ charts }) => charts) }]
    : drawn.map((group) => ({ of: group, charts: group.charts }));
  return html`${sections.map(
    ({
      of,
      charts,
    }) => html`<section class="section"><header><h2>${heading(of, sections.length > 1)}</h2><p>Same data order, same augmented images, same initial value of every shared parameter.</p></header>
<div class="grid">${charts.map(figure)}</div></section>`,
  )}`;
}

/** Of several settings of the other factors: what lies between looks like it. */
function firstAndLast(groups: readonly ReportGroup[]): readonly ReportGroup[] {
  return groups.length > 2 ? [groups[0]!, groups.at(-1)!] : groups;
}

function gradients({ groups }: AblationPage): Html {
  const flows = groups.filter(({ gradientFlow }) => gradientFlow !== null);
  return html`${firstAndLast(flows).map((group) => gradientFlowSection(group, group.gradientFlow!))}`;
}

/** `With and without batch normalization`; other factors by their levels. */
function heading({ label, setting, levels }: ReportGroup, named: boolean): string {
  const where = named && setting !== null ? `, ${setting}` : '';
  if (levels[0]?.value === true) return `With and without ${label}${where}`;
  const words = levels.map((level, index) => (index === 0 ? level.heading : level.heading.replace(`${label} `, ''))).join(' against ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${where}`;
}
