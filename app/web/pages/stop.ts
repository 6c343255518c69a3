// `POST /runs/:id/stop`: asks whoever trains the run to stop it. The only thing that pages change; the guards before it (host, origin, token, size)
// let only our own pages and programs with the token do so. Answers with the run's page.
import { RunledgerError } from '../../../trainer/errors.ts';
import type { PageDeps, WebApp } from '../deps.ts';
import { isGrowing, runQueries } from '../queries/runs.ts';

export function register(app: WebApp, { database, requestStop }: PageDeps): void {
  const runs = runQueries(database);
  app.post('/runs/:id/stop', async (context) => {
    const run = runs.byId(context.req.param('id'));
    if (run === null)
      throw new RunledgerError('run.unknown', `There is no run “${context.req.param('id')}”.`, {
        help: 'The table of runs lists them all',
      });
    if (!isGrowing(run))
      throw new RunledgerError('run.ended', `Run ${run.name} is ${run.status}: there is nothing to stop.`, {
        help: `Its page: /runs/${run.id}`,
      });
    await requestStop(run.id);
    return context.redirect(`/runs/${run.id}`, 303);
  });
}
