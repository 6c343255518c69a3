// Every run of a group by variant and seed; each number opens its run.

import type { ReportGroup, ReportLevel } from '../../app/web/models/ablation.ts';
import { asOf } from '../asOf.ts';
import { status } from '../components/status.ts';
import { accuracy } from '../format/metric.ts';
import { type Html, html, nothing } from '../html.ts';
import { summaryOf } from './factors.ts';

export function runsSection(group: ReportGroup, at: number | null): Html {
  const seeds = [...new Set(group.levels.flatMap(({ runs }) => runs.map(({ seed }) => seed)))].sort((a, b) => a - b);
  return html`<section class="section"><header><h2>Runs${group.setting === null ? nothing : `, ${group.setting}`}</h2><p>Validation accuracy after the last epoch, %. Every number opens its run.</p></header><section class="scroll" tabindex="0" aria-label="Accuracy by variant and seed${group.setting === null ? nothing : `, ${group.setting}`}"><table class="table still"><caption class="sr">Validation accuracy of every run</caption><thead><tr><th scope="col">Variant</th>${seeds.map((seed) => html`<th scope="col" class="n">seed ${seed}</th>`)}<th scope="col" class="n">mean ± sd</th></tr></thead><tbody>${group.levels.map(
    (level) =>
      html`<tr><th scope="row"><i class="swatch k${level.category}"></i> ${level.heading}</th>${seeds.map((seed) => html`<td class="n">${cell(level, seed, at)}</td>`)}<td class="n strong">${summaryOf(group, level)}</td></tr>`,
  )}</tbody></table></section></section>`;
}

function cell(level: ReportLevel, seed: number, at: number | null): Html {
  return html`${level.runs
    .filter((run) => run.seed === seed)
    .map((run) => {
      const figure = accuracy(run.valAccuracy);
      const word = run.status === 'completed' ? html`` : html` ${status(run.status)}`;
      return html`<a href="${asOf(at, `/runs/${run.id}`)}">${figure === '' ? 'open' : figure}</a>${word}`;
    })}`;
}
