// The guard beyond loopback: a secret in the ledger's folder. A link with a one-use ticket lets a browser in, which then keeps a
// cookie; programs send the token itself as a bearer.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { WebEnv } from '../deps.ts';

const cookieName = 'runledger';

export interface Access {
  token: string;
  /** Opens the door once, as `?ticket=`; then it is null. */
  ticket: string | null;
}

/** Reads `<folder>/token` or writes a new one that only its owner may read; with a fresh ticket. */
export function openAccess(folder: string): Access {
  const file = join(folder, 'token');
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { token: readFileSync(file, 'utf8').trim(), ticket: randomBytes(16).toString('base64url') };
}

/** Lets in the cookie, the bearer token and, once, the ticket; refuses all else with `web.token`. */
export function guardToken(access: Access): MiddlewareHandler<WebEnv> {
  // The cookie is derived, so that one read from a browser does not give the token away.
  const cookie = createHash('sha256').update('runledger cookie\0').update(access.token).digest('base64url');
  return async (context, next) => {
    const bearer = context.req.header('Authorization')?.match(/^Bearer (.+)$/)?.[1];
    if (same(bearer, access.token) || same(getCookie(context, cookieName), cookie)) return next();
    if (access.ticket !== null && same(context.req.query('ticket'), access.ticket)) {
      access.ticket = null;
      setCookie(context, cookieName, cookie, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return context.redirect('/');
    }
    throw new RunledgerError('web.token', 'This ledger is served beyond its own machine and asks who you are.', {
      help: 'Open the link that `runledger serve` printed (it works once), or send the token in the ledger’s folder as “Authorization: Bearer …”',
    });
  };
}

/** Compares in constant time; hashing first makes the lengths equal. */
function same(given: string | undefined, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(hash(given), hash(expected));
}
