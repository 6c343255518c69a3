// The SQL console: a query that is an address, what can be asked, the answer or where the mistake is.

import type { PublishedView, QueryError, QueryLimits, QueryResult, Question } from '../../app/sql/index.ts';
import { integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';
import { mistake } from './mistake.ts';
import { resultTable } from './result.ts';
import { schemaList } from './schema.ts';

export interface SqlPage {
  query: string;
  /** Null before a first query. */
  outcome: QueryResult | QueryError | null;
  views: PublishedView[];
  questions: Question[];
  limits: QueryLimits;
  /** Newest event when the page was made. */
  position: number;
}

export function sqlPage({ query, outcome, views, questions, limits, position }: SqlPage): Html {
  const bounds = `Read-only over the ledger. Stops at ${limits.milliseconds / 1000} s, ${integer(limits.rows)} rows or ${limits.bytes / 1e6} MB.`;
  return html`<div class="head"><h1>SQL</h1><span class="muted">${bounds}</span></div>
<div class="aside"><form class="stack" method="get" action="/sql">
<div class="editor"><textarea name="q" rows="${rowsFor(query)}" aria-label="SQL query" spellcheck="false" autocomplete="off" autocapitalize="off" placeholder="select * from v1_runs">${query}</textarea></div>
<div class="cluster"><button class="btn primary" type="submit">Run</button></div>
${questionList(questions, outcome === null)}
</form>
${schemaList(views)}
<div class="stack">${outcome === null ? '' : 'rows' in outcome ? resultTable(query, outcome, position) : mistake(query, outcome)}</div></div>`;
}

/** Tall enough for what is in it, within reason. */
function rowsFor(query: string): number {
  return Math.min(30, Math.max(8, query.split('\n').length + 1));
}

/** Unfolded until there is an answer to look at. */
function questionList(questions: Question[], isOpen: boolean): Html {
  const links = questions.map(({ title, sql }) => html`<li><a href="${`/sql?${new URLSearchParams({ q: sql })}`}">${title}</a></li>`);
  return html`<details class="questions"${isOpen ? html` open` : ''}><summary>Questions to start from</summary><ul>${links}</ul></details>`;
}
