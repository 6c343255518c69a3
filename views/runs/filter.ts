// The filter over the runs table: a form whose answer is an address, then what it matched.

import type { Choice } from '../../app/web/runs/census.ts';
import type { RunsTable } from '../../app/web/runs/table.ts';
import { momentField } from '../components/moment.ts';
import { integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';
import { address } from './address.ts';

export function filterForm({ request, statuses, datasets }: RunsTable): Html {
  const { text, status, dataset, archived, sort, descending, at } = request;
  const kind = archived ? html`<input type="hidden" name="archived" value="1">` : '';
  const order =
    sort === 'started' && descending
      ? ''
      : html`<input type="hidden" name="sort" value="${sort}"><input type="hidden" name="order" value="${descending ? 'down' : 'up'}">`;
  return html`<form class="filter" method="get" action="/">
<div class="expr"><label for="q">find</label><input id="q" name="q" type="text" value="${text}" spellcheck="false" autocomplete="off" placeholder="name, tag or start of an id" aria-describedby="said"><button type="submit">Filter</button></div>
<div class="cluster">${select('status', 'Status', 'any status', status, statuses)}${select('dataset', 'Data set', 'any data set', dataset, datasets)}</div>${kind}${order}${momentField(at)}
</form>`;
}

function select(name: string, label: string, any: string, chosen: string, choices: Choice[]): Html {
  const known = choices.some(({ value }) => value === chosen) || chosen === '' ? choices : [...choices, { value: chosen, runs: 0 }];
  const option = (value: string, word: string) =>
    value === chosen ? html`<option value="${value}" selected>${word}</option>` : html`<option value="${value}">${word}</option>`;
  return html`<label class="sr" for="${name}">${label}</label><select id="${name}" name="${name}">${option('', any)}${known.map(({ value, runs }) => option(value, `${value} (${integer(runs)})`))}</select>`;
}

/** `214 runs match, folded to 47 rows`. */
export function filterSaid({ request, runs, total }: RunsTable): Html {
  const filtered = request.text !== '' || request.status !== '' || request.dataset !== '';
  const folded = total < runs ? `, folded to ${integer(total)} ${total === 1 ? 'row' : 'rows'}` : '';
  const said = filtered
    ? html`<span><span class="strong">${integer(runs)} ${runs === 1 ? 'run matches' : 'runs match'}</span>${folded}</span><a class="link" href="${address(request, { text: '', status: '', dataset: '' })}">Show all</a>`
    : html`<span><span class="strong">${integer(runs)} ${runs === 1 ? 'run' : 'runs'}</span>${folded}</span>`;
  return html`<div class="filter-said" id="said">${said}</div>`;
}
