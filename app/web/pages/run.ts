// `/runs/:id` and what stands under it: its charts as tables and files, its events as JSON. A run is named by its id, an
// unambiguous start of it, or its name.

import { RunledgerError } from '../../../trainer/errors.ts';
import { liveRegion } from '../../../views/components/live.ts';
import { layout } from '../../../views/layout.ts';
import { runPage } from '../../../views/run/page.ts';
import { measurementQueries } from '../../runs/measurements.ts';
import type { PageDeps, WebApp } from '../deps.ts';
import { chartAddress, type RunReads, type RunView, readRunChart, readRunPage } from '../models/run.ts';
import { batchNormQueries } from '../queries/batchNorm.ts';
import { eventQueries } from '../queries/events.ts';
import { historyQueries } from '../queries/history.ts';
import { layerQueries } from '../queries/layers.ts';
import { isGrowing, type RunRow, runQueries } from '../queries/runs.ts';
import { chartResponse } from './charts.ts';

export function register(app: WebApp, { database, clock }: PageDeps): void {
  const reads: RunReads = {
    runs: runQueries(database),
    history: historyQueries(database),
    batchNorm: batchNormQueries(database),
    events: eventQueries(database),
    layers: layerQueries(database),
    measurements: measurementQueries(database),
  };

  app.get('/runs/:id', (context) => {
    const run = theRun(reads, context.req.param('id'));
    const { search } = new URL(context.req.url);
    if (run.id !== context.req.param('id')) return context.redirect(`/runs/${run.id}${search}`);
    const view = viewOf(context.req.query());
    const page = runPage(readRunPage(reads, run, view, clock()));
    const shell = context.get('shell');
    const body = isGrowing(run) && view.at === null ? liveRegion(shell, { id: 'run', url: `/runs/${run.id}${search}`, body: page }) : page;
    return context.html(layout(shell, { title: run.name, current: 'runs', body, scripts: ['browser/charts.ts'] }));
  });

  app.get('/runs/:id/charts/:file', (context) => {
    const run = theRun(reads, context.req.param('id'));
    const view = viewOf(context.req.query());
    return chartResponse(context, {
      file: context.req.param('file'),
      read: (name) => readRunChart(reads, run, name, view),
      address: (name) => chartAddress(run.id, name),
      back: { href: `/runs/${run.id}`, word: run.name },
      current: 'runs',
    });
  });

  app.get('/runs/:id/events/:file{[0-9]+\\.json}', (context) => {
    const run = theRun(reads, context.req.param('id'));
    const version = Number.parseInt(context.req.param('file'), 10);
    const stored = reads.events.stored(run.id, version);
    if (stored === null)
      throw new RunledgerError('event.unknown', `Run ${run.name} has no event ${version}.`, { help: `Its events: /runs/${run.id}#events` });
    return context.body(stored, 200, { 'Content-Type': 'application/json; charset=utf-8' });
  });
}

function theRun(reads: RunReads, reference: string): RunRow {
  const found = reads.runs.find(reference, 2);
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new RunledgerError('run.unknown', `There is no run “${reference}”.`, { help: 'The table of runs lists them all' });
  throw new RunledgerError('usage.run', `“${reference}” could be more than one run.`, { help: 'Give more digits of its id' });
}

function viewOf(query: Record<string, string>): RunView {
  const [before, at] = [query.before, query.at].map((text) => Number.parseInt(text ?? '', 10)) as [number, number];
  return {
    layer: query.layer ?? null,
    type: query.type ?? null,
    before: before > 0 ? before : Number.POSITIVE_INFINITY,
    at: at > 0 ? at : null,
  };
}
