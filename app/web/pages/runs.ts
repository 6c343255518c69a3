// `GET /`: the table of runs.

import { empty } from '../../../views/components/empty.ts';
import { layout } from '../../../views/layout.ts';
import type { PageDeps, WebApp } from '../deps.ts';

export function register(app: WebApp, _deps: PageDeps): void {
  app.get('/', (context) =>
    context.html(
      layout(context.get('shell'), {
        title: 'Runs',
        current: 'runs',
        body: empty({ heading: 'No runs yet', text: 'Train the first one.', command: 'npm start' }),
      }),
    ),
  );
}
