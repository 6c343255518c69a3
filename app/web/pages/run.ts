// `/runs/:id` and what stands under it: its charts as tables and files, its events as JSON. A run is named by its id, an
// unambiguous start of it, or its name.

import { RunledgerError } from '../../../trainer/errors.ts';
import { asOf } from '../../../views/asOf.ts';
import { liveRegion } from '../../../views/components/live.ts';
import { layout } from '../../../views/layout.ts';
import { notYetPage } from '../../../views/run/notYet.ts';
import { runPage } from '../../../views/run/page.ts';
import type { PageMoment } from '../../../views/shell.ts';
import { measurementQueries } from '../../runs/measurements.ts';
import type { PageDeps, WebApp, WebContext } from '../deps.ts';
import { chartAddress, type RunReads, type RunView, readRunChart, readRunPage, readTimebar } from '../models/run.ts';
import { readsAtAnyMoment, timeOf } from '../moments.ts';
import { batchNormQueries } from '../queries/batchNorm.ts';
import { eventQueries } from '../queries/events.ts';
import { historyQueries } from '../queries/history.ts';
import { keepingQueries } from '../queries/keeping.ts';
import { layerQueries } from '../queries/layers.ts';
import { lineageQueries } from '../queries/lineage.ts';
import { isGrowing, type RunRow, runQueries } from '../queries/runs.ts';
import { chartResponse } from './charts.ts';

export function register(app: WebApp, deps: PageDeps): void {
  const readsAt = readsAtAnyMoment(
    deps,
    (database): RunReads => ({
      runs: runQueries(database),
      history: historyQueries(database),
      batchNorm: batchNormQueries(database),
      events: eventQueries(database),
      layers: layerQueries(database),
      lineage: lineageQueries(database),
      keeping: keepingQueries(database),
      measurements: measurementQueries(database),
    }),
  );
  const present = readsAt(null);

  const notYet = (context: WebContext, run: RunRow, at: PageMoment) => {
    const body = notYetPage({ run, at, began: present.events.span(run.id).first });
    return context.html(layout(context.get('shell'), { title: run.name, current: 'runs', body }), 404);
  };

  app.get('/runs/:id', (context) => {
    const shell = context.get('shell');
    const asked = context.req.param('id');
    const { search } = new URL(context.req.url);
    const meant = theRun(asked, shell.at, readsAt);
    if (meant.id !== asked) return context.redirect(`/runs/${meant.id}${search}`);
    const timebar = readTimebar(present, meant.id);
    const reads = readsAt(shell.at);
    const run = reads.runs.byId(meant.id);
    if (run === null) return notYet(context, meant, shell.at!);
    const page = runPage(readRunPage(reads, run, viewOf(context.req.query(), shell.at), { now: timeOf(shell, deps.clock), timebar }));
    const body = isGrowing(run) ? liveRegion(shell, { id: 'run', url: `/runs/${run.id}${search}`, body: page }) : page;
    return context.html(layout(shell, { title: run.name, current: 'runs', body, scripts: ['browser/charts.ts', 'browser/timebar.ts'] }));
  });

  app.get('/runs/:id/charts/:file', (context) => {
    const { at } = context.get('shell');
    const { id } = theRun(context.req.param('id'), at, readsAt);
    const reads = readsAt(at);
    const run = reads.runs.byId(id);
    if (run === null) return notYet(context, theRun(id, null, readsAt), at!);
    return chartResponse(context, {
      file: context.req.param('file'),
      read: (name) => readRunChart(reads, run, name, context.req.query('layer') ?? null),
      address: (name) => chartAddress(run.id, name),
      back: { href: asOf(at?.position ?? null, `/runs/${run.id}`), word: run.name },
      current: 'runs',
    });
  });

  app.get('/runs/:id/events/:file{[0-9]+\\.json}', (context) => {
    const run = theRun(context.req.param('id'), null, readsAt);
    const version = Number.parseInt(context.req.param('file'), 10);
    const stored = present.events.stored(run.id, version);
    if (stored === null)
      throw new RunledgerError('event.unknown', `Run ${run.name} has no event ${version}.`, { help: `Its events: /runs/${run.id}#events` });
    return context.body(stored, 200, { 'Content-Type': 'application/json; charset=utf-8' });
  });
}

/** Whom a word means: then, or else now, since a link of today may name a run by what it was not called yet. */
function theRun(reference: string, at: PageMoment | null, readsAt: (at: PageMoment | null) => RunReads): RunRow {
  const then = at === null ? [] : readsAt(at).runs.find(reference, 2);
  const found = then.length > 0 ? then : readsAt(null).runs.find(reference, 2);
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new RunledgerError('run.unknown', `There is no run “${reference}”.`, { help: 'The table of runs lists them all' });
  throw new RunledgerError('usage.run', `“${reference}” could be more than one run.`, { help: 'Give more digits of its id' });
}

function viewOf(query: Record<string, string>, at: PageMoment | null): RunView {
  const before = Number.parseInt(query.before ?? '', 10);
  return {
    layer: query.layer ?? null,
    type: query.type ?? null,
    before: before > 0 ? before : Number.POSITIVE_INFINITY,
    at: at?.position ?? null,
  };
}
