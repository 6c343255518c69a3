// `GET /`: the table of runs.
import { layout } from '../../../views/layout.ts';
import { runsPage } from '../../../views/runs/page.ts';
import type { PageDeps, WebApp } from '../deps.ts';
import { readsAtAnyMoment, timeOf } from '../moments.ts';
import { columns } from '../runs/columns.ts';
import { rowsPerPage } from '../runs/folds.ts';
import { parseRequest } from '../runs/request.ts';
import { runsTable } from '../runs/table.ts';

export function register(app: WebApp, deps: PageDeps): void {
  const reads = readsAtAnyMoment(deps, runsTable);
  app.get('/', (context) => {
    const shell = context.get('shell');
    const read = reads(shell.at);
    const table = read(parseRequest(new URL(context.req.url).searchParams, shell.at?.position ?? null));
    const body = runsPage(shell, table, { columns, rowsPerPage, now: timeOf(shell, deps.clock) });
    return context.html(layout(shell, { title: 'Runs', current: 'runs', body, scripts: ['browser/selection.ts'] }));
  });
}
