// `/compare?runs=a,b,…` and its charts as tables and files.
import { address } from '../../../views/compare/address.ts';
import { comparePage } from '../../../views/compare/page.ts';
import { liveRegion } from '../../../views/components/live.ts';
import { layout } from '../../../views/layout.ts';
import type { PageMoment } from '../../../views/shell.ts';
import type { PageDeps, WebApp } from '../deps.ts';
import { type CompareReads, type CompareView, readCompareChart, readComparePage } from '../models/compare.ts';
import { readsAtAnyMoment } from '../moments.ts';
import { batchNormQueries } from '../queries/batchNorm.ts';
import { historyQueries } from '../queries/history.ts';
import { isGrowing, runQueries } from '../queries/runs.ts';
import { chartResponse } from './charts.ts';

export function register(app: WebApp, deps: PageDeps): void {
  const readsAt = readsAtAnyMoment(
    deps,
    (database): CompareReads => ({
      runs: runQueries(database),
      history: historyQueries(database),
      batchNorm: batchNormQueries(database),
    }),
  );

  app.get('/compare', (context) => {
    const shell = context.get('shell');
    const view = viewOf(context.req.queries(), shell.at);
    const page = readComparePage(readsAt(shell.at), view);
    const growing = page.groups.some(({ runs }) => runs.some(isGrowing));
    const markup = comparePage(page);
    const body = growing ? liveRegion(shell, { id: 'comparison', url: address(view), body: markup }) : markup;
    return context.html(layout(shell, { title: 'Compare', current: 'compare', body, scripts: ['browser/charts.ts'] }));
  });

  app.get('/compare/charts/:file', (context) => {
    const { at } = context.get('shell');
    const view = viewOf(context.req.queries(), at);
    return chartResponse(context, {
      file: context.req.param('file'),
      read: (name) => readCompareChart(readsAt(at), view, name),
      address: (name) => `/compare/charts/${name}`,
      back: { href: address(view), word: 'Compare' },
      current: 'compare',
    });
  });
}

/** `runs` may be repeated, as boxes of a form are. */
function viewOf(query: Record<string, string[]>, at: PageMoment | null): CompareView {
  const one = (name: string) => query[name]?.[0] || null;
  return {
    runs: (query.runs ?? []).join(','),
    baseline: one('baseline'),
    epoch: one('epoch') === 'best' ? 'best' : 'last',
    at: at?.position ?? null,
    apart: one('repeats') === 'apart',
    allSettings: one('recipe') === 'all',
    layer: one('layer'),
  };
}
