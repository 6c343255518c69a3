// `GET /sql?q=…`: the console; `GET /sql.csv?q=…`: the same result as a file. The query stands in the address.
import { layout } from '../../../views/layout.ts';
import { sqlPage } from '../../../views/sql/page.ts';
import { defaultLimits, publishedViews, QueryError, type QueryResult, readDocumentation, runQuery, toCsv } from '../../sql/index.ts';
import type { PageDeps, WebApp } from '../deps.ts';

/** Queries running at once; each is a process. */
const mostQueries = 4;

export function register(app: WebApp, { database, folder }: PageDeps): void {
  const { questions, columns } = readDocumentation();
  const views = publishedViews(database, columns);
  let running = 0;
  const run = async (sql: string): Promise<QueryResult | QueryError> => {
    if (running >= mostQueries)
      return new QueryError('sql.busy', `${running} queries run already.`, 'Wait a moment and send it again', null, sql);
    running += 1;
    try {
      return await runQuery(folder, sql);
    } catch (error) {
      if (error instanceof QueryError) return error;
      throw error;
    } finally {
      running -= 1;
    }
  };

  app.get('/sql', async (context) => {
    const query = normalize(context.req.query('q') ?? '');
    const outcome = query.trim() === '' ? null : await run(query);
    const shell = context.get('shell');
    const body = sqlPage({ query, outcome, views, questions, limits: defaultLimits, position: shell.position });
    const page = layout(shell, { title: 'SQL', current: 'sql', body, scripts: ['browser/sqlEditor.ts'] });
    return context.html(page, outcome instanceof QueryError ? (outcome.code === 'sql.busy' ? 503 : 400) : 200);
  });

  app.get('/sql.csv', async (context) => {
    const outcome = await run(normalize(context.req.query('q') ?? ''));
    if (outcome instanceof QueryError) throw outcome;
    return context.body(toCsv(outcome), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="query.csv"',
    });
  });
}

/** A form sends lines ended by CR LF; places in a query count LF. */
function normalize(query: string): string {
  return query.replaceAll('\r\n', '\n');
}
