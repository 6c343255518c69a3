// Pages as of an event: what `?at=N` means, on every page the same. N is a position in the ledger; from the newest event on it is the present.
import type { Database } from 'better-sqlite3';
import type { MiddlewareHandler } from 'hono';
import { RunledgerError } from '../../trainer/errors.ts';
import type { Moment, Shell } from '../../views/shell.ts';
import type { Clock, PageDeps, WebEnv } from './deps.ts';

/** Puts the moment that the address names into the shell. Error `usage.at` where it names none. */
export function provideMoment({ database }: Pick<PageDeps, 'database'>): MiddlewareHandler<WebEnv> {
  const recorded = database
    .prepare<[number], string>('SELECT recorded_at FROM v1_events WHERE position <= ? ORDER BY position DESC LIMIT 1')
    .pluck();
  return async (context, next) => {
    const shell = context.get('shell');
    const position = askedPosition(context.req.query('at'), shell.position);
    const recordedAt = position === null ? undefined : recorded.get(position);
    if (position !== null && recordedAt !== undefined) {
      const at: Moment = { position, recordedAt, present: presentAddress(context.req.url) };
      context.set('shell', { ...shell, at });
    }
    await next();
  };
}

/** Null is the present: nothing asked for, an empty field, or an event that is the newest or has not happened yet. */
function askedPosition(text: string | undefined, newest: number): number | null {
  if (text === undefined || text.trim() === '') return null;
  const position = /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : 0;
  if (position === 0)
    throw new RunledgerError('usage.at', `“${text}” is no event: \`at\` takes the number of one.`, {
      help: newest === 0 ? 'This ledger has no events yet' : `Events of this ledger are numbered from 1 to ${newest}`,
    });
  return position < newest ? position : null;
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
export function readsAtAnyMoment<Reads>(deps: PageDeps, prepare: (database: Database) => Reads): (at: Moment | null) => Reads {
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
