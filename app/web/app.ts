// The composition of the web application: what every response carries, then guards, assets, the live channel, and one line a page.
import { Hono } from 'hono';
import { registerAssets } from './assets.ts';
import type { PageDeps, WebApp, WebEnv } from './deps.ts';
import { registerFaults } from './faults.ts';
import { LiveChannel } from './live.ts';
import { provideMoment } from './moments.ts';
import * as ablations from './pages/ablations.ts';
import * as compare from './pages/compare.ts';
import * as run from './pages/run.ts';
import * as runs from './pages/runs.ts';
import * as sql from './pages/sql.ts';
import * as stop from './pages/stop.ts';
import { limitBody } from './security/body.ts';
import { guardHost } from './security/hosts.ts';
import { guardOrigin } from './security/origin.ts';
import { type Access, guardToken } from './security/token.ts';
import { provideShell } from './shell.ts';

export interface AppOptions {
  /** Host names that may be asked for, without port. */
  hosts: string[];
  /** Null on loopback, where no token is asked for. */
  access: Access | null;
}

export interface WebApplication {
  app: WebApp;
  /** Ends every live channel, so that a server can close. */
  close(): void;
}

/** Everything but the socket: `app.request(url)` is enough for tests. */
export function createApp(deps: PageDeps, options: AppOptions): WebApplication {
  const app: WebApp = new Hono<WebEnv>();
  const live = new LiveChannel(deps);

  registerFaults(app, deps);
  app.use(provideShell(deps));
  app.use(guardHost(options.hosts));
  app.use(guardOrigin());
  if (options.access) app.use(guardToken(options.access));
  app.use(limitBody());
  registerAssets(app);
  app.get('/live', (context) => live.open(context));

  for (const path of ['/', '/runs/*', '/compare/*', '/ablations/*']) app.use(path, provideMoment(deps));
  runs.register(app, deps);
  run.register(app, deps);
  compare.register(app, deps);
  ablations.register(app, deps);
  sql.register(app, deps);
  stop.register(app, deps);

  return { app, close: () => live.close() };
}
