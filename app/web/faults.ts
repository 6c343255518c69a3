// Errors as pages: a code of our family becomes an HTTP status, its help a repair to type. Nothing else of an error leaves the process.

import { RunledgerError } from '../../trainer/errors.ts';
import { fault } from '../../views/components/fault.ts';
import { layout } from '../../views/layout.ts';
import type { PageDeps, WebApp, WebContext } from './deps.ts';

type FaultStatus = 400 | 401 | 403 | 404 | 409 | 413 | 421 | 500 | 503;

const statuses: [RegExp, FaultStatus][] = [
  [/^web\.host$/, 421],
  [/^web\.origin$/, 403],
  [/^web\.token$/, 401],
  [/^web\.body$/, 413],
  [/\.(busy|full)$/, 503],
  [/^sql\.(process|start)$/, 500],
  [/^run\.ended$/, 409],
  [/\.(unknown|missing)$/, 404],
  [/^(usage|recipe|sql)\b/, 400],
];

/** The HTTP status of an error of our family; 500 where no rule speaks of its code. */
export function statusOf(error: RunledgerError): FaultStatus {
  return statuses.find(([pattern]) => pattern.test(error.code))?.[1] ?? 500;
}

/** 404 for what is not there, `.fault` pages for errors; unforeseen ones are reported and shown without detail. */
export function registerFaults(app: WebApp, deps: PageDeps): void {
  app.onError((error, context) => {
    if (error instanceof RunledgerError) return faultPage(context, statusOf(error), error);
    deps.report(error);
    return faultPage(
      context,
      500,
      new RunledgerError('internal', 'Something went wrong while this page was made.', {
        help: 'The terminal that serves this page says more; the ledger itself is untouched',
      }),
    );
  });
  app.notFound((context) =>
    faultPage(
      context,
      404,
      new RunledgerError('page.unknown', `There is no page “${context.req.path}”.`, { help: 'Start again from the table of runs' }),
    ),
  );
}

function faultPage(context: WebContext, status: FaultStatus, error: RunledgerError): Response | Promise<Response> {
  const { code, message, help } = error;
  return context.html(
    layout(context.get('shell'), { title: message, current: null, body: fault({ status, code, message, help }) }),
    status,
  );
}
