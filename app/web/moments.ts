// Pages as of an event: `?at=N`, on every page with the same meaning (app/ledger/moment.ts).
import type { Database } from 'better-sqlite3';
import type { MiddlewareHandler } from 'hono';
import { RunledgerError } from '../../trainer/errors.ts';
import type { PageMoment, Shell } from '../../views/shell.ts';
import { momentReader } from '../ledger/moment.ts';
import type { Clock, PageDeps, WebEnv } from './deps.ts';

/** Puts the moment that the address names into the shell. Error `usage.at` where it names none. */
export function provideMoment({ database }: Pick<PageDeps, 'database'>): MiddlewareHandler<WebEnv> {
  const momentAt = momentReader(database);
  return async (context, next) => {
    const shell = context.get('shell');
    const asked = askedPosition(context.req.query('at'), shell.position);
    const moment = asked === null ? null : momentAt(asked);
    if (moment !== null) context.set('shell', { ...shell, at: { ...moment, present: presentAddress(context.req.url) } });
    await next();
  };
}

/** Null where nothing is asked for, as by an empty field. */
function askedPosition(text: string | undefined, newest: number): number | null {
  if (text === undefined || text.trim() === '') return null;
  const position = /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : 0;
  if (position > 0) return position;
  throw new RunledgerError('usage.at', `“${text}” is no event: \`at\` takes the number of one.`, {
    help: newest === 0 ? 'This ledger has no events yet' : `Events of this ledger are numbered from 1 to ${newest}`,
  });
}

function presentAddress(url: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete('at');
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams}`;
}

/**
 * Reads prepared twice: for the present, and, when first asked for, for the past. What is given back is used up before another request has its
 * turn, because there is one connection to the past and it stands at one moment.
 */
export function readsAtAnyMoment<Reads>(deps: PageDeps, prepare: (database: Database) => Reads): (at: PageMoment | null) => Reads {
  const present = prepare(deps.database);
  let past: Reads | undefined;
  return (at) => {
    if (at === null) return present;
    const { database, moveTo } = deps.past();
    past ??= prepare(database);
    moveTo(at.position);
    return past;
  };
}

/** What ages are counted up to: now, or when the event was recorded that the page is as of. Milliseconds since 1970. */
export function timeOf({ at }: Shell, clock: Clock): number {
  return at === null ? clock() : Date.parse(at.recordedAt);
}
