// The table itself: a head whose words sort, rows, pages, and the notice behind which newer runs wait.

import type { Column } from '../../app/web/runs/columns.ts';
import type { RunsTable } from '../../app/web/runs/table.ts';
import { notice } from '../components/notice.ts';
import { pager } from '../components/pager.ts';
import type { SparkScale } from '../components/spark.ts';
import { integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';
import { address } from './address.ts';
import { rowWithRepeats } from './row.ts';

export interface TableContext {
  columns: readonly Column[];
  rowsPerPage: number;
  now: number;
}

/** What refreshes itself: the notice and the rows. */
export function runsTable(table: RunsTable, { columns, now }: TableContext): Html {
  const context = { request: table.request, scale: scaleOf(table), now };
  return html`${waiting(table)}
<table class="table"><caption class="sr">Runs, newest first unless a column is chosen; completed repeats of a configuration are folded into one row</caption>
<thead><tr><th scope="col"><span class="sr">Select</span></th>${columns.map((column) => head(column, table))}</tr></thead>
<tbody>${table.rows.map((row) => rowWithRepeats(row, context))}</tbody></table>`;
}

export function runsPager({ request, rows, total, pages }: RunsTable, { rowsPerPage }: TableContext): Html {
  const first = (request.page - 1) * rowsPerPage + 1;
  const newestFirst = request.sort === 'started' && request.descending;
  return pager({
    page: request.page,
    pages,
    first,
    last: first + rows.length - 1,
    total,
    note: rows.some(({ members }) => members.length > 1) ? 'mean ± sd over repeats' : '',
    href: (page) => address(request, { page }),
    words: newestFirst ? { before: 'Newer', after: 'Older' } : { before: 'Previous', after: 'Next' },
  });
}

/** What would change the rows and therefore waits until it is asked for. */
function waiting({ newer, foldable, request }: RunsTable): Html | '' {
  const href = address(request, { open: request.open });
  if (newer > 0)
    return notice({
      strong: `${integer(newer)} newer ${newer === 1 ? 'run' : 'runs'}`,
      text: 'Rows stay where they are while you read.',
      link: { href, word: 'Show them' },
    });
  if (foldable > 0)
    return notice({
      strong: 'Repeats are complete',
      text: `${integer(foldable)} ${foldable === 1 ? 'row folds' : 'rows fold'} into a mean ± sd.`,
      link: { href, word: 'Fold them' },
    });
  return '';
}

function head({ key, heading, sortBy, number, rank }: Column, { request }: RunsTable): Html {
  const classes = [number ? 'n' : '', rank ?? ''].filter(Boolean).join(' ');
  const classAttribute = classes === '' ? '' : html` class="${classes}"`;
  if (sortBy === null) return html`<th scope="col"${classAttribute}>${heading}</th>`;
  const isSorted = request.sort === key;
  // The first click on a number shows the largest first; a second turns it round.
  const href = address(request, { sort: key, descending: isSorted ? !request.descending : number, open: request.open });
  if (!isSorted) return html`<th scope="col"${classAttribute}><a href="${href}">${heading}</a></th>`;
  return html`<th scope="col"${classAttribute} aria-sort="${request.descending ? 'descending' : 'ascending'}"><a href="${href}">${heading} ${request.descending ? '↓' : '↑'}</a></th>`;
}

/** One scale for all curves of the page. */
function scaleOf({ rows }: RunsTable): SparkScale {
  const values = rows.flatMap((row) => [row, ...(row.children ?? [])]).flatMap(({ curves }) => curves.flat().map(([, value]) => value));
  return { low: Math.min(...values), high: Math.max(...values) };
}
