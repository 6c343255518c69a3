// The second guard: only our own pages may ask for anything but GET and HEAD. Programs without a browser send the bearer token.
import type { MiddlewareHandler } from 'hono';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { WebEnv } from '../deps.ts';

/** Refuses with `web.origin` when a changing request comes from another site, or does not say where it comes from. */
export function guardOrigin(): MiddlewareHandler<WebEnv> {
  return async (context, next) => {
    const { method } = context.req;
    if (
      method !== 'GET' &&
      method !== 'HEAD' &&
      !isOurs(context.req.header('Sec-Fetch-Site'), context.req.header('Origin'), context.req.url)
    )
      throw new RunledgerError('web.origin', `A ${method} must come from a page of this server.`, {
        help: 'Browsers say so by themselves; a program sends the header Origin with the address of this server',
      });
    await next();
  };
}

function isOurs(site: string | undefined, origin: string | undefined, url: string): boolean {
  return site === undefined ? origin === new URL(url).origin : site === 'same-origin';
}
