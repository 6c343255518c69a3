// What a factor costs: time an epoch and parameters of each level, as bars from zero.

import type { ReportGroup, ReportLevel } from '../../app/web/models/ablation.ts';
import { unit } from '../charts/figure.ts';
import { fixed, integer, signed } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

export function costSection(group: ReportGroup): Html {
  const [reference, other] = group.levels;
  if (group.levels.every(({ epochSeconds, parameters }) => epochSeconds === null && parameters === null)) return nothing;
  return html`<section class="section"><header><h2>What ${group.label} costs${group.setting === null ? nothing : `, ${group.setting}`}</h2></header><div class="grid">${bars(
    group,
    'Time an epoch',
    'seconds, mean of completed runs',
    (level) => level.epochSeconds,
    (value) => fixed(value, 1),
    timeWords(reference, other),
  )}
${bars(group, 'Parameters', 'trained', (level) => level.parameters, integer, parameterWords(reference, other))}</div></section>`;
}

function bars(
  group: ReportGroup,
  title: string,
  what: string,
  pick: (level: ReportLevel) => number | null,
  print: (value: number) => string,
  words: string,
): Html {
  const most = Math.max(...group.levels.map((level) => pick(level) ?? 0));
  return html`<div class="frame"><header><h3>${title}</h3>${unit(what)}</header><table class="table still cost"><tbody>${group.levels.map(
    (level) => {
      const value = pick(level);
      return html`<tr><th scope="row">${level.heading}</th><td class="plot"><svg class="chart" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect class="wash" width="200" height="12"/>${
        value === null || most === 0
          ? nothing
          : html`<rect class="pt k${level.category}" width="${((200 * value) / most).toFixed(1)}" height="12"/>`
      }</svg></td><td class="n">${value === null ? '' : print(value)}</td></tr>`;
    },
  )}</tbody></table>${words === '' ? nothing : html`<p>${words}</p>`}</div>`;
}

function timeWords(reference: ReportLevel | undefined, other: ReportLevel | undefined): string {
  if (reference?.epochSeconds == null || other?.epochSeconds == null) return '';
  const difference = reference.epochSeconds - other.epochSeconds;
  const share = fixed(Math.abs(difference / other.epochSeconds) * 100, 0);
  return `${signed(difference, 1)} s an epoch, ${share} % ${difference < 0 ? 'less' : 'more'} than ${other.heading}. Runs side by side slow each other down.`;
}

function parameterWords(reference: ReportLevel | undefined, other: ReportLevel | undefined): string {
  if (reference?.parameters == null || other?.parameters == null) return '';
  const difference = reference.parameters - other.parameters;
  return difference === 0 ? 'The same number on both sides.' : `${signed(difference, 0)} trained parameters ${reference.heading}.`;
}
