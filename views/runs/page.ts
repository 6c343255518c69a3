// The first page: what has been trained, newest first.

import type { RunsTable } from '../../app/web/runs/table.ts';
import { empty } from '../components/empty.ts';
import { liveRegion } from '../components/live.ts';
import { momentField } from '../components/moment.ts';
import { integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';
import type { Shell } from '../shell.ts';
import { address, liveAddress } from './address.ts';
import { filterForm, filterSaid } from './filter.ts';
import { runsPager, runsTable, type TableContext } from './table.ts';

/** The content of `<main>`. Notice and rows keep themselves up to date; filter, pages and selection stay as they are. */
export function runsPage(shell: Shell, table: RunsTable, context: TableContext): Html {
  const { request, rows, newest } = table;
  if (rows.length === 0) return withoutRows(shell, table);
  const keys = rows.map(({ key }) => key);
  return html`${head(table)}
${filterForm(table)}
${filterSaid(table)}
<form class="selection" method="get" action="/compare">${momentField(request.at)}
${liveRegion(shell, { id: 'runs', url: liveAddress(request, keys, newest), body: runsTable(table, context) })}
${runsPager(table, context)}
<div class="tray"><span class="strong" id="selected">Selection</span><button class="btn primary" type="submit">Compare</button><button class="btn plain" type="reset">Clear</button></div>
</form>`;
}

/** Nothing is being read here, so the first rows may take the whole page. */
function withoutRows(shell: Shell, table: RunsTable): Html {
  const hasRuns = table.allRuns > 0;
  const body = hasRuns ? noMatch(table) : table.request.archived ? noneArchived : nothingYet;
  return html`${head(table)}
${hasRuns ? html`${filterForm(table)}${filterSaid(table)}` : ''}
${liveRegion(shell, { id: 'runs', url: address(table.request), body, exchange: 'main' })}`;
}

/** The archived runs stand on a page of their own. */
function head({ allRuns, archivedRuns, request }: RunsTable): Html {
  if (request.archived)
    return html`<div class="head"><h1>Archived runs</h1><span class="muted">${said(allRuns)}, left out of tables and ablations · <a href="${address(request, { archived: false })}">all others</a></span></div>`;
  const archived =
    archivedRuns === 0 ? '' : html` · <a href="${address(request, { archived: true })}">${integer(archivedRuns)} archived</a>`;
  return html`<div class="head"><h1>Runs</h1>${allRuns + archivedRuns === 0 ? '' : html`<span class="muted">${said(allRuns)} in this ledger${archived}</span>`}</div>`;
}

const said = (runs: number): string => `${integer(runs)} ${runs === 1 ? 'run' : 'runs'}`;

const noneArchived = empty({
  heading: 'No run is archived',
  text: 'Runs that are put away are listed here.',
  command: 'runledger archive <run>',
});

const nothingYet = empty({
  heading: 'No runs yet',
  text: 'Train the demonstration, with and without batch normalization; it takes about two minutes.',
  command: 'npm start',
});

function noMatch({ request }: RunsTable): Html {
  return html`<div class="empty"><h2>No run matches</h2><p>Try fewer words, or <a href="${address(request, { text: '', status: '', dataset: '' })}">show all runs</a>.</p></div>`;
}
