// The verdict first, in words; beside it how it was come by.

import type { AblationPage } from '../../app/web/models/ablation.ts';
import { exactTime, roughly, runTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';

/** More sentences than that nobody reads: the table says it better. */
const mostSaid = 4;

export function verdictSection(page: AblationPage, now: number): Html {
  const [first, ...others] = page.groups.flatMap(({ effects }) => effects.map(({ verdict }) => verdict));
  const said = others.length > mostSaid ? [`${others.length} more effects stand in the table below.`] : others;
  return html`<section class="section"><header><h2>Verdict</h2><p>${scope(page)}</p></header>
<div class="aside even"><div><p class="verdict">${first ?? 'No trial has been proposed yet.'}</p>${said.length === 0 ? nothing : html`<p>${said.join(' ')}</p>`}</div>${facts(page, now)}</div></section>`;
}

function scope({ groups }: AblationPage): string {
  const variants = groups.reduce((sum, { levels }) => sum + levels.length, 0);
  const seeds = new Set(groups.flatMap(({ levels }) => levels.flatMap(({ runs }) => runs.map(({ seed }) => seed)))).size;
  const epochs = Math.max(0, ...groups.flatMap(({ levels }) => levels.flatMap(({ runs }) => runs.map((run) => run.epochs))));
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `validation accuracy after the last epoch · ${many(variants, 'variant')} × ${many(seeds, 'seed')} · ${many(epochs, 'epoch')}`;
}

function facts({ groups, runs, pairs, declaredAt }: AblationPage, now: number): Html {
  const factors = [...new Set(groups.map(({ label }) => label))];
  return html`<dl class="facts plain"><dt>factor</dt><dd>${factors.join(', ')}</dd><dt>runs</dt><dd>${runs.completed} of ${runs.all} completed ${runs.seconds === 0 ? nothing : html`<span class="muted">${runTime(runs.seconds)} of training</span>`}</dd><dt>pairing</dt><dd>same seed: data order, augmented images, initial values</dd><dt>interval</dt><dd>${pairs < 2 ? 'none: it takes two pairs' : `paired t, 95 %, ${pairs - 1} ${pairs === 2 ? 'degree' : 'degrees'} of freedom`}</dd>${
    declaredAt === null
      ? html`<dt>declared</dt><dd>no: found among completed runs</dd>`
      : html`<dt>declared</dt><dd><time datetime="${declaredAt}" title="${roughly((now - Date.parse(declaredAt)) / 1000)} ago">${exactTime(Date.parse(declaredAt))}</time>, before the first run</dd>`
  }</dl>`;
}
