// The answer to a query: how much of it there is, then a table whose numbers stand to the right.

import type { Cell, QueryColumn, QueryResult } from '../../app/sql/index.ts';
import { fixed, integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';

export function resultTable(query: string, result: QueryResult, position: number): Html {
  const { columns, rows, truncated, elapsedMs } = result;
  const count = `${integer(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}`;
  const shape = `, ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}, ${fixed(elapsedMs, elapsedMs < 10 ? 1 : 0)} ms`;
  return html`<div class="filter-said"><span><span class="strong">${count}</span>${shape}</span><span>events up to ${integer(position)}</span><a class="link" href="${`/sql.csv?${new URLSearchParams({ q: query })}`}">CSV</a></div>
${truncated === null ? '' : cutOff(truncated, rows.length)}
<div class="frame"><header><h2>Result</h2></header><section class="scroll" tabindex="0" aria-label="Rows of the result"><table class="table still"><caption class="sr">Result of the query</caption><thead><tr>${columns.map(head)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((value, index) => cell(value, columns[index]!))}</tr>`)}</tbody></table></section></div>`;
}

function cutOff(truncated: 'rows' | 'bytes', rows: number): Html {
  const why = truncated === 'rows' ? 'There are more rows than a page takes.' : 'There are more bytes than a page takes.';
  return html`<div class="notice warn"><strong>Cut off</strong><span>${why} These are the first ${integer(rows)}; ask for fewer with where or limit.</span></div>`;
}

function head({ name, type }: QueryColumn): Html {
  return isNumber(type)
    ? html`<th scope="col" class="n">${name}${typeWord(type)}</th>`
    : html`<th scope="col">${name}${typeWord(type)}</th>`;
}

function typeWord(type: string): Html {
  return html`<small class="sub muted">${type}</small>`;
}

function isNumber(type: string): boolean {
  return type === 'integer' || type === 'real';
}

/** Numbers as they are: a query asks for digits, and rounds them itself. */
function cell(value: Cell, { type }: QueryColumn): Html {
  if (value === null) return html`<td class="${isNumber(type) ? 'n muted' : 'muted'}">null</td>`;
  if (typeof value === 'number' || typeof value === 'bigint') return html`<td class="n">${String(value).replace('-', '−')}</td>`;
  if (value instanceof Uint8Array) return html`<td class="muted">${integer(value.byteLength)} bytes</td>`;
  return html`<td class="${value.length > 60 ? 'wrap' : 'text'}" hx-ignore>${value}</td>`;
}
