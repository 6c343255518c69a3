// `/ablations`, `/ablations/:id` and, for groups that nobody declared, `/ablations/found?factor=…&run=…`.

import { RunledgerError } from '../../../trainer/errors.ts';
import { ablationList } from '../../../views/ablations/list.ts';
import { ablationPage } from '../../../views/ablations/page.ts';
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
import { ablationListReader } from '../models/ablationList.ts';
import { ablationQueries } from '../queries/ablations.ts';
import { historyQueries } from '../queries/history.ts';
import { isGrowing, runQueries } from '../queries/runs.ts';
import { chartResponse } from './charts.ts';

export function register(app: WebApp, { database, clock }: PageDeps): void {
  const reads: AblationReads = { ablations: ablationQueries(database), runs: runQueries(database), history: historyQueries(database) };
  const reader = ablationListReader(database, reads.ablations);

  app.get('/ablations', (context) => {
    const shell = context.get('shell');
    const archived = context.req.query('archived') === '1';
    const body = liveRegion(shell, {
      id: 'ablations',
      url: archived ? '/ablations?archived=1' : '/ablations',
      body: ablationList(reader.list(clock(), archived)),
    });
    return context.html(layout(shell, { title: 'Ablations', current: 'ablations', body }));
  });

  const subjectOf = (context: WebContext): AblationSubject => {
    const id = context.req.param('id') ?? '';
    if (id === 'found') {
      const [factor, run] = [context.req.query('factor'), context.req.query('run')];
      const group = reader
        .found()
        .find(({ path, levels }) => path === factor && levels.some(({ observations }) => observations.some(({ runId }) => runId === run)));
      if (group !== undefined) return foundSubject(reads, group, new URL(context.req.url).search);
    }
    const ablation = reads.ablations.byId(id);
    if (ablation === null)
      throw new RunledgerError('ablation.unknown', `There is no ablation “${id}”.`, { help: 'All of them: /ablations' });
    return declaredSubject(reads, ablation, context.req.query('archived') === '1');
  };

  app.get('/ablations/:id', (context) => {
    const shell = context.get('shell');
    const subject = subjectOf(context);
    const markup = ablationPage(readAblationPage(reads, subject), { now: clock() });
    const growing = subject.groups.some(({ levels }) => levels.some(({ runs }) => runs.some(isGrowing)));
    const body = growing ? liveRegion(shell, { id: 'ablation', url: `${subject.address}${subject.query}`, body: markup }) : markup;
    return context.html(layout(shell, { title: subject.title, current: 'ablations', body, reading: true, scripts: ['browser/charts.ts'] }));
  });

  app.get('/ablations/:id/charts/:file', (context) => {
    const subject = subjectOf(context);
    return chartResponse(context, {
      file: context.req.param('file'),
      read: (name) => readAblationChart(reads, subject, name),
      address: (name) => `${subject.address}/charts/${name}`,
      back: { href: `${subject.address}${subject.query}`, word: subject.title },
      current: 'ablations',
    });
  });
}
