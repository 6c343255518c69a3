// `/ablations`, `/ablations/:id` and, for groups that nobody declared, `/ablations/found?factor=…&run=…`.

import { RunledgerError } from '../../../trainer/errors.ts';
import { ablationList } from '../../../views/ablations/list.ts';
import { ablationPage } from '../../../views/ablations/page.ts';
import { asOf } from '../../../views/asOf.ts';
import { liveRegion } from '../../../views/components/live.ts';
import { layout } from '../../../views/layout.ts';
import type { PageDeps, WebApp, WebContext } from '../deps.ts';
import {
  type AblationReads,
  type AblationSubject,
  declaredSubject,
  foundSubject,
  readAblationChart,
  readAblationPage,
} from '../models/ablation.ts';
import { type AblationListReader, ablationListReader } from '../models/ablationList.ts';
import { readsAtAnyMoment, timeOf } from '../moments.ts';
import { ablationQueries } from '../queries/ablations.ts';
import { gradientQueries } from '../queries/gradients.ts';
import { historyQueries } from '../queries/history.ts';
import { isGrowing, runQueries } from '../queries/runs.ts';
import { chartResponse } from './charts.ts';

export function register(app: WebApp, deps: PageDeps): void {
  const readsAt = readsAtAnyMoment(deps, (database): AblationReads & { reader: AblationListReader } => {
    const ablations = ablationQueries(database);
    const reader = ablationListReader(database, ablations);
    return { ablations, reader, runs: runQueries(database), history: historyQueries(database), gradients: gradientQueries(database) };
  });

  app.get('/ablations', (context) => {
    const shell = context.get('shell');
    const archived = context.req.query('archived') === '1';
    const { reader } = readsAt(shell.at);
    const list = reader.list({ now: timeOf(shell, deps.clock), at: shell.at?.position ?? null }, archived);
    const url = archived ? '/ablations?archived=1' : '/ablations';
    const body = liveRegion(shell, { id: 'ablations', url, body: ablationList(list) });
    return context.html(layout(shell, { title: 'Ablations', current: 'ablations', body }));
  });

  const subjectOf = (context: WebContext): AblationSubject => {
    const { at } = context.get('shell');
    const { reader, ...reads } = readsAt(at);
    const query = new URL(context.req.url).search;
    const id = context.req.param('id') ?? '';
    if (id === 'found') {
      const [factor, run] = [context.req.query('factor'), context.req.query('run')];
      const group = reader
        .found()
        .find(({ path, levels }) => path === factor && levels.some(({ observations }) => observations.some(({ runId }) => runId === run)));
      if (group !== undefined) return foundSubject(reads, group, query);
    }
    const ablation = reads.ablations.byId(id);
    if (ablation === null)
      throw new RunledgerError('ablation.unknown', `There is no ablation “${id}”.`, { help: 'All of them: /ablations' });
    const archived = context.req.query('archived') === '1';
    return declaredSubject(reads, ablation, { archived, query: asOf(at?.position ?? null, archived ? '?archived=1' : '') });
  };

  app.get('/ablations/:id', (context) => {
    const shell = context.get('shell');
    const subject = subjectOf(context);
    const markup = ablationPage(readAblationPage(readsAt(shell.at), subject), {
      now: timeOf(shell, deps.clock),
      at: shell.at?.position ?? null,
    });
    const growing = subject.groups.some(({ levels }) => levels.some(({ runs }) => runs.some(isGrowing)));
    const body = growing ? liveRegion(shell, { id: 'ablation', url: `${subject.address}${subject.query}`, body: markup }) : markup;
    return context.html(layout(shell, { title: subject.title, current: 'ablations', body, reading: true, scripts: ['browser/charts.ts'] }));
  });

  app.get('/ablations/:id/charts/:file', (context) => {
    const subject = subjectOf(context);
    return chartResponse(context, {
      file: context.req.param('file'),
      read: (name) => readAblationChart(readsAt(context.get('shell').at), subject, name),
      address: (name) => `${subject.address}/charts/${name}`,
      back: { href: `${subject.address}${subject.query}`, word: subject.title },
      current: 'ablations',
    });
  });
}
