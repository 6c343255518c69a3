// What can be asked: the views and their columns.
import type { PublishedColumn, PublishedView } from '../../app/sql/index.ts';
import { type Html, html } from '../html.ts';

export function schemaList(views: PublishedView[]): Html {
  return html`<aside class="schema" aria-label="Views and columns"><header class="cluster"><h2>Views</h2><span class="small muted">columns; units</span></header>${views.map(view)}</aside>`;
}

function view({ name, columns }: PublishedView): Html {
  return html`<details><summary>${name} <small>${columns.length}</small></summary><dl>${columns.map(entry)}</dl></details>`;
}

function entry({ name, unit, meaning }: PublishedColumn): Html {
  return html`<dt title="${meaning}">${name}</dt><dd>${unit}</dd>`;
}
